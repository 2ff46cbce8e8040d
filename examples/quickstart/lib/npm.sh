# shellcheck shell=bash
# For install hooks that bring their service from npm.

# npm_install PACKAGE@VERSION...: puts exactly these into $RELEASE_DIR, which Grenade keeps between runs.
# What is there already is left alone, so a second run installs nothing and asks no network.
npm_install() {
  local installed=$RELEASE_DIR/installed
  if [[ -e $installed && $(<"$installed") == "$*" ]]; then
    echo "$* is there already"
    return
  fi
  rm -f "$installed" "$RELEASE_DIR/package-lock.json"
  echo '{ "private": true }' >"$RELEASE_DIR/package.json"
  # A package's own install scripts run with npm 10 and not with npm 11. So they never do:
  # a hook calls what it needs.
  npm install --prefix "$RELEASE_DIR" --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error "$@"
  echo "$*" >"$installed"
}
