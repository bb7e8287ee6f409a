"""Two backends that fail on purpose: port 9001 answers garbage, port 9002 accepts and stays silent."""

import socket
import threading


def serve(port, answer):
    listener = socket.create_server(("127.0.0.1", port))
    kept = []
    while True:
        connection, _ = listener.accept()
        kept.append(connection)
        if answer:
            connection.recv(4096)
            connection.sendall(answer)
            connection.close()


threading.Thread(target=serve, args=(9002, None), daemon=True).start()
serve(9001, b"this is not HTTP\r\n\r\n")
