# shellcheck shell=bash

conf=$DATA_DIR/nova/nova.conf
cells=$DATA_DIR/nova/cells.conf # where the databases are, which a compute service must not know

# nova_manage ARG...: at $RELEASE.
nova_manage() {
  in_root nova-manage --config-file "$conf" --config-file "$cells" "$@"
}

# await SECONDS WHAT COMMAND...: until the command passes.
await() {
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < until)) || die "Waited in vain for $what"
    sleep 0.5
  done
}

# The guest: a machine of our own.

guest=$DATA_DIR/guest

# build_guest: the kernel that Debian packages, and an init of ours with busybox for all the rest.
build_guest() {
  local kernels=("$root"/boot/vmlinuz-*)
  rm -rf "$guest"
  mkdir -p "$guest/root/bin" "$guest/root/dev" "$guest/root/proc"
  cp "${kernels[0]}" "$guest/vmlinuz"
  cp "$root/bin/busybox" "$guest/root/bin/busybox"
  install -m 755 "$PROJECT_DIR/guest-init" "$guest/root/init"
  in_root sh -c 'cd "$1" && find . | busybox cpio -o -H newc | gzip >"$2"' - "$guest/root" "$guest/initrd.gz"
}

# virtualization: kvm where a guest really runs under it, else qemu. /dev/kvm may be there and not work.
virtualization() {
  local said=
  if [[ -e /dev/kvm ]]; then
    said=$(in_root timeout --kill-after=1 10 qemu-system-x86_64 -accel kvm -cpu host -m 128 -display none -nodefaults -no-reboot \
      -serial stdio -kernel "$guest/vmlinuz" -initrd "$guest/initrd.gz" -append 'console=ttyS0 quiet panic=-1 trial' </dev/null 2>&1) || :
  fi
  if [[ $said == *'alive'* ]]; then echo kvm; else echo qemu; fi
}

# answer_of PORT [METHOD [PATH]]: what the guest says; fails unless it does so within 4 s.
answer_of() {
  local status header length=0 body
  exec {line}<>"/dev/tcp/127.0.0.1/$1" || return
  printf '%s %s HTTP/1.1\r\n\r\n' "${2:-GET}" "${3:-/}" >&"$line"
  read -r -t 4 status <&"$line" || status=
  while read -r -t 4 header <&"$line" && [[ $header != $'\r' ]]; do
    if [[ $header =~ ^Content-Length:\ ([0-9]+) ]]; then length=${BASH_REMATCH[1]}; fi
  done
  IFS= read -r -t 4 -N "$length" body <&"$line" || :
  exec {line}>&-
  [[ $status == 'HTTP/1.1 200 OK'* ]] && printf '%s' "$body"
}

# process_of INSTANCE: the id and start time of its qemu, as libvirt's pid file and the kernel have them.
process_of() {
  local pid stat fields
  pid=$(<"$DATA_DIR/run/libvirt/qemu/$1.pid") || return
  stat=$(<"/proc/$pid/stat") || return
  read -r -a fields <<<"${stat##*) }"
  echo "$pid ${fields[19]}"
}

# port_of INSTANCE: where its qemu listens, as it was told to.
port_of() {
  local pid
  pid=$(<"$DATA_DIR/run/libvirt/qemu/$1.pid")
  tr '\0' '\n' <"/proc/$pid/cmdline" | sed -n 's/^socket,.*,host=127\.0\.0\.1,port=\([0-9]*\),.*/\1/p'
}
