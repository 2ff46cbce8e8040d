"""running-version.py PORT DISTRIBUTION

Prints the version of the Python distribution DISTRIBUTION in the root file system of the process that listens on
PORT: of what runs, not of what was installed somewhere.
"""

import glob
import importlib.metadata
import os
import sys

LISTEN = '0A'


def sockets(port):
    """Inodes of the sockets that listen on this port."""
    with open('/proc/net/tcp') as table:
        rows = [line.split() for line in table][1:]
    return {row[9] for row in rows if row[3] == LISTEN and int(row[1].rpartition(':')[2], 16) == port}


def listener(port):
    """The process that holds one of them."""
    wanted = {f'socket:[{inode}]' for inode in sockets(port)}
    for link in glob.glob('/proc/[0-9]*/fd/*'):
        try:
            if os.readlink(link) in wanted:
                return link.split('/')[2]
        except OSError:
            pass  # It ended meanwhile.
    sys.exit(f'Nobody listens on port {port}')


def main(port, distribution):
    packages = f'/proc/{listener(int(port))}/root/usr/lib/python3/dist-packages'
    for found in importlib.metadata.distributions(name=distribution, path=[packages]):
        print(found.version)
        return
    sys.exit(f'{distribution} is not in {packages}')


main(*sys.argv[1:])
