# Read by knhk and flink-conf/cluster with ".": finds a JDK, and builds what is not built yet. They set $home, the clone, and $name, theirs.

fail() {
  printf '%s\n' "$1" >&2
  exit "${2:-1}"
}

# Sets $java and $javac; a JDK, not a JRE, because the build needs a compiler.
find_java() {
  if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    javac=$JAVA_HOME/bin/javac
    where="JAVA_HOME=$JAVA_HOME"
    [ -x "$java" ] || fail "KNHK-1002: expected a JDK of 17 or later: $where has no bin/java. Set JAVA_HOME to a JDK, or unset it to use the one in PATH."
  else
    java=$(command -v java || true)
    javac=$(command -v javac || true)
    where="PATH"
    [ -n "$java" ] || fail "KNHK-1002: expected a JDK of 17 or later: found no java in PATH, and JAVA_HOME is not set. Install one, or set JAVA_HOME."
  fi
  found=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.specification\.version = //p')
  case $found in
    '' | 1.* | *[!0-9]*) feature=0 ;;
    *) feature=$found ;;
  esac
  [ "$feature" -ge 17 ] || fail "KNHK-1002: expected a JDK of 17 or later: found ${found:-an unknown version} ($where, $java). Set JAVA_HOME to a newer one."
}

# Builds a module where that was not done yet, or where a source is newer than the build.
#   ensure_built MODULE MARKER "SOURCES" "MAVEN ARGUMENTS" PRODUCT..
# MARKER is a file that says when it was built; SOURCES and PRODUCTs are relative to the clone. KNHK_BUILD=never takes what is there, as
# a test does that Maven itself runs.
ensure_built() {
  module=$1
  marker=$2
  sources=$3
  arguments=$4
  shift 4
  case ${KNHK_BUILD:-needed} in
    needed) ;;
    never)
      has_products "$@" || fail "KNHK-1004: expected $module to be built, since KNHK_BUILD=never: missing=$product. Leave KNHK_BUILD out."
      return 0
      ;;
    *) fail "KNHK-1001: expected needed or never: KNHK_BUILD=$KNHK_BUILD" 2 ;;
  esac
  if ! is_built "$@"; then
    lock
    # Another may have built it meanwhile.
    if ! is_built "$@"; then
      build
    fi
    unlock
  fi
}

has_products() {
  for product in "$@"; do
    [ -e "$home/$product" ] || return 1
  done
}

is_built() {
  [ -f "$home/$marker" ] && has_products "$@" || return 1
  # shellcheck disable=SC2086 # $sources is a list.
  newer=$(cd "$home" && find pom.xml $sources \
    \( -name target -o -name test -o -name '.*' -o -name '*.md' \) -prune -o -type f -newer "$marker" -print 2>/dev/null | head -n 1)
  [ -z "$newer" ]
}

# A folder can be made by one only. What holds it writes its process id, so that one left by a killed build is told from one in use.
lock() {
  mkdir -p "$home/target"
  waited=0
  while ! mkdir "$home/target/build.lock" 2>/dev/null; do
    holder=$(cat "$home/target/build.lock/pid" 2>/dev/null || true)
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
      rm -f "$home/target/build.lock/pid"
      rmdir "$home/target/build.lock" 2>/dev/null || true
      continue
    fi
    [ "$waited" -gt 0 ] || printf '%s: another build is under way (process %s), waiting\n' "$name" "${holder:-unknown}" >&2
    waited=$((waited + 1))
    [ "$waited" -le 1800 ] || fail "KNHK-1003: expected the other build to end within 30 minutes: lock=$home/target/build.lock. Remove that folder if nothing builds."
    sleep 1
  done
  trap unlock EXIT
  trap 'unlock; exit 130' INT TERM HUP
  printf '%s\n' "$$" >"$home/target/build.lock/pid"
}

unlock() {
  trap - EXIT INT TERM HUP
  rm -f "$home/target/build.lock/pid"
  rmdir "$home/target/build.lock" 2>/dev/null || true
}

build() {
  [ -x "$javac" ] || fail "KNHK-1002: expected a JDK of 17 or later: found a runtime without a compiler ($where, $java). Set JAVA_HOME to a JDK."
  log=$home/target/build.log
  began=$(date +%s)
  printf '%s: building (log: %s)\n' "$name" "$log" >&2
  rm -f "$home/$marker"
  mkdir -p "$(dirname "$home/$marker")"
  # Sources that change from here on make the next run build again.
  : >"$home/target/build.began"
  status=$home/target/build.status
  echo 1 >"$status"
  (
    cd "$home"
    set +e
    # shellcheck disable=SC2086 # $arguments is a list.
    ./mvnw -B -ntp -Djacoco.skip -Dspotless.check.skip $arguments -pl "$module" -am package 2>&1
    echo $? >"$status"
  ) | while IFS= read -r line; do
    printf '%s\n' "$line" >>"$log.new"
    case $line in
      '[INFO] Building KNHK '*)
        step=${line#'[INFO] Building '}
        step=${step%%  *}
        printf '%s: %4ds  %s\n' "$name" "$(($(date +%s) - began))" "$step" >&2
        ;;
    esac
  done
  mv -f "$log.new" "$log" 2>/dev/null || true
  if [ "$(cat "$status")" -ne 0 ]; then
    sed -n '/^\[ERROR\]/p' "$log" | head -n 20 >&2
    fail "KNHK-1004: expected the build to pass: log=$log. Mend what it says (without a network the first build cannot fetch its libraries), then run the same command again."
  fi
  touch -r "$home/target/build.began" "$home/$marker"
  printf '%s: built in %ds\n' "$name" "$(($(date +%s) - began))" >&2
}

# What Flink and the libraries reflect into on JDK 17 and later.
jdk_opens="--add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.lang=ALL-UNNAMED --add-opens=java.base/java.time=ALL-UNNAMED"
