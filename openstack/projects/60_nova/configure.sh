# shellcheck shell=bash
# Writes $conf and $cells; sourced by start.sh, once in a run. Both releases read it.

mkdir -p "$DATA_DIR"/nova/{instances,locks}
port=$(free_port guest)

iniset "$conf" DEFAULT state_path "$DATA_DIR/nova"
iniset "$conf" DEFAULT transport_url "$(transport_url)"
iniset "$conf" DEFAULT my_ip 127.0.0.1
iniset "$conf" DEFAULT compute_driver libvirt.LibvirtDriver
iniset "$conf" conductor workers 1
iniset "$conf" scheduler workers 1
iniset "$conf" oslo_concurrency lock_path "$DATA_DIR/nova/locks"
iniset "$cells" api_database connection "$(database nova nova_api)"
iniset "$cells" database connection "$(database nova)"
iniset "$conf" glance endpoint_override "http://127.0.0.1:$(free_port glance)"
auth_section "$conf" keystone_authtoken nova
auth_section "$conf" placement placement
auth_section "$conf" neutron neutron

iniset "$conf" libvirt virt_type "$(virtualization)"
iniset "$conf" libvirt images_type raw
iniset "$conf" nova_sys_admin helper_command "privsep-helper --config-file $conf" # everything is root already: no sudo

# A guest's serial line is a port, the first of these that is free: the one way in that needs no network.
iniset "$conf" serial_console enabled true
iniset "$conf" serial_console port_range "$port:$((port + 10))"
iniset "$conf" vnc enabled false
