# shellcheck shell=bash
# Root file systems, one a release, from Debian's packages. Built once, kept between runs, read-only when used.

home=$(cd -P "$lib/.." && pwd)
roots=$home/.grenade/releases/roots # where `grenade clean --all` takes them away

# suite_of RELEASE: the Debian release that packages it.
suite_of() {
  case $1 in
    zed) echo bookworm ;;
    2025.1) echo trixie ;;
    *) die "No release of Debian is known to package OpenStack $1" ;;
  esac
}

# install_packages: both releases' packages of every project in this run. The first project to come builds the roots,
# for both releases side by side; the others find theirs there. So the way up is not charged with a download.
install_packages() {
  ((EUID == 0)) || die "Services in root file systems of their own need root: run this again with sudo"
  mkdir -p "$roots"
  exec {lock}>"$roots/lock" # hooks may run side by side
  flock "$lock"
  # Asked once a run: what is installed on the way up, while services are down, waits for no mirror.
  if [[ ! -e $GRENADE_RUN_DIR/resources/roots/ready ]]; then
    local release building=()
    for release in "$BASE_RELEASE" "$TARGET_RELEASE"; do
      has_packages "$release" || building+=("$release")
    done
    if ((${#building[@]})); then build_roots "${building[@]}"; fi
    resource_save roots ready yes
  fi
  exec {lock}>&-
  packages_of "$PROJECT" "$RELEASE" | xargs "$lib/in-root" "$roots/$RELEASE" dpkg-query --show
}

# packages_of PROJECT RELEASE: what is written beside its hooks.
packages_of() {
  local directory
  for directory in "$home"/projects/*"_$1"; do
    cat "$directory/packages" "$directory/packages.$2" 2>/dev/null || :
  done
}

# wanted RELEASE: the packages of all projects in this run's plan.
wanted() {
  local project
  for project in $("$GRENADE_NODE" --print '
    JSON.parse(require("fs").readFileSync(process.argv[1])).projects.join(" ")' "$GRENADE_RUN_DIR/plan.json"); do
    packages_of "$project" "$1"
  done | sort -u
}

# has_packages RELEASE: whether its root is there, as new as the mirror, and holds all that is wanted. One with more will do.
has_packages() {
  local key=$roots/$1.key
  [[ -e $key && $(head -n 1 "$key") == "$(edition_of "$1")" ]] &&
    [[ -z $(comm -13 <(tail -n +2 "$key") <(wanted "$1")) ]]
}

# edition_of RELEASE: the mirror's edition of its suite. Where the mirror does not answer, the one that is here.
edition_of() {
  local suite date
  suite=$(suite_of "$1")
  date=$(curl -fsS -m 10 "$(mirror)/dists/$suite/InRelease" | grep -a "^Date: ") ||
    { head -n 1 "$roots/$1.key" 2>/dev/null && return; } || die "$(mirror)/dists/$suite does not answer"
  echo "$suite of $(mirror), ${date,}"
}

# mirror: where this machine takes Debian's packages from.
mirror() {
  local uri=${DEBIAN_MIRROR:-}
  [[ -n $uri ]] || uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
  [[ -n $uri ]] || die "No mirror of Debian is in this machine's apt sources: name one in DEBIAN_MIRROR"
  echo "${uri%/}"
}

build_roots() {
  local release pids=() failed=()
  if ! command -v mmdebstrap >/dev/null; then
    echo_summary "Installing the Debian package mmdebstrap, which builds root file systems"
    apt-get update -qq && apt-get install -qq -y --no-install-recommends mmdebstrap debian-archive-keyring
  fi
  for release in "$@"; do
    echo_summary "Downloading OpenStack $release and Debian $(suite_of "$release") from $(mirror) into $roots/$release"
    build_root "$release" >"$roots/$release.log" 2>&1 &
    pids+=($!)
  done
  for release in "$@"; do
    wait "${pids[0]}" || failed+=("$release")
    pids=("${pids[@]:1}")
  done
  for release in ${failed[@]+"${failed[@]}"}; do tail -n 20 "$roots/$release.log"; done
  ((${#failed[@]} == 0)) || die "No root file system for ${failed[*]}: $roots/${failed[0]}.log has all of it"
}

# build_root RELEASE: with what it held before and what is wanted now. What has a key is whole: that goes first, and comes last.
build_root() {
  local release=$1 root=$roots/$1 edition packages
  edition=$(edition_of "$release")
  packages=$(sort -u <(tail -n +2 "$root.key" 2>/dev/null) <(wanted "$release"))
  rm -rf "$root.key" "$root"
  # No documentation, no recommended packages, and nobody starts a service: neither here nor on the machine.
  # Mounts end with the build, whatever it ends by.
  unshare --mount --propagation private -- \
    mmdebstrap --mode=root --variant=minbase --include="${packages//$'\n'/,}" \
    --aptopt='APT::Install-Recommends "0"' --aptopt='Acquire::Languages "none"' --dpkgopt='force-unsafe-io' \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --essential-hook='printf "#!/bin/sh\nexit 101\n" >"$1/usr/sbin/policy-rc.d" && chmod +x "$1/usr/sbin/policy-rc.d"' \
    --customize-hook='echo "127.0.0.1 localhost" >"$1/etc/hosts"' \
    "$(suite_of "$release")" "$root" "$(mirror)"
  printf '%s\n' "$edition" "$packages" >"$root.key"
}
