"""Nova's compute service. Its code is in python3-nova; the package that adds the program wants systemd's libvirt."""

import sys

from nova.cmd.compute import main

sys.argv[0] = 'nova-compute'
main()
