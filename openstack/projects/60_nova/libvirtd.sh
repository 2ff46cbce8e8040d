#!/usr/bin/env bash
# libvirt of the root that this runs in, with no systemd around it. What it knows of guests lies with the run's data, where
# the next release's libvirt finds it: /run is shared, and the rest is mounted here, for this process alone.
set -euo pipefail

kept=$DATA_DIR/libvirt
mkdir -p "$kept"/{bin,etc} "$kept"/var/{lib,cache,log}/libvirt "$kept/var/tmp"

cat >"$kept/etc/libvirtd.conf" <<'END'
unix_sock_rw_perms = "0700"
unix_sock_ro_perms = "0700"
auth_unix_rw = "none"
auth_unix_ro = "none"
END
cat >"$kept/etc/qemu.conf" <<'END'
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
cgroup_controllers = []
namespaces = []
stdio_handler = "file"
END

# libvirt gives a guest none of its own environment, and Grenade knows what a run left behind by this.
cat >"$kept/bin/qemu-system-x86_64" <<END
#!/bin/sh
export GRENADE_RUN_DIR='$GRENADE_RUN_DIR' PROJECT=nova
exec /usr/bin/qemu-system-x86_64 "\$@"
END
chmod +x "$kept/bin/qemu-system-x86_64"

# libvirtd does not start without this user, whom it then has no use for. The package that adds it brings systemd.
{ cat /etc/passwd && echo 'libvirt-qemu:x:0:0::/nonexistent:/usr/sbin/nologin'; } >"$kept/passwd"
{ cat /etc/group && echo 'libvirt-qemu:x:0:'; } >"$kept/group"

mount --bind "$kept/passwd" /etc/passwd
mount --bind "$kept/group" /etc/group
mount --bind "$kept/etc" /etc/libvirt
mount --bind "$kept/var" /var
PATH=$kept/bin:$PATH exec libvirtd
