import { MACHINE_GPU, MACHINE_GPU_MEMORY } from "../../google/metrics";

/**
 * Where cloud-init puts the scripts' inputs. On Container-Optimized OS, /etc is in memory and
 * rewritten at each boot.
 */
export const FILES = "/etc/serving";

// The scripts are the same on every machine. They read what differs from files and numeric
// environment variables, so that no value is ever parsed as code.

/** Reads Google's metadata server, and a field of a flat JSON object. */
const METADATA = String.raw`metadata() {
  curl --fail --silent --show-error --retry 5 --retry-connrefused --header 'Metadata-Flavor: Google' \
    "http://metadata.google.internal/computeMetadata/v1/$1"
}
field() {
  tr -d '\n' | sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" | sed 's/\\u003d/=/g'
}
`;

/** Calls a Google API. The token is passed by standard input, so no process list shows it. */
const CALL = String.raw`call() {
  printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --fail --silent --show-error --retry 5 --config - "$@"
}
`;

/** Installs the NVIDIA driver, which Container-Optimized OS does not include, with retries. */
export const DRIVER_SCRIPT = `#!/bin/bash
set -uo pipefail
bin=/var/lib/nvidia/bin

install_driver() {
  cos-extensions install gpu -- "-version=$GPU_DRIVER" || return 1
  if ! mountpoint --quiet /var/lib/nvidia; then
    mount --bind /var/lib/nvidia /var/lib/nvidia || return 1
  fi
  mount -o remount,exec /var/lib/nvidia || return 1
  if [[ ! -e /dev/nvidia-uvm ]]; then
    "$bin/nvidia-modprobe" -c 0 -u || return 1
  fi
  "$bin/nvidia-smi"
}

until install_driver; do
  echo "The GPU driver ($GPU_DRIVER) is not installed; trying again" >&2
  sleep 15
done
# Without persistence the driver is unloaded whenever no process uses a GPU.
"$bin/nvidia-smi" -pm 1 || true
`;

/** Pulls the image, with retries: the grant on its registry may still be propagating. */
export const PULL_SCRIPT = `#!/bin/bash
set -uo pipefail
install -d -m 0700 "$HOME"
image=$(<${FILES}/image)
host=${"$"}{image%%/*}

pull() {
  case $host in
    gcr.io | *.gcr.io | *.pkg.dev) docker-credential-gcr configure-docker --registries="$host" || return 1 ;;
  esac
  timeout "$PULL_TIMEOUT_SECONDS" docker pull --quiet -- "$image"
}

until docker image inspect --format '{{.Id}}' -- "$image" || pull; do
  echo "The image is not pulled; trying again" >&2
  sleep 10
done
`;

/** Opens the machine's own firewall, which admits only SSH. */
export const ADMIT_SCRIPT = `#!/bin/bash
set -uo pipefail
admit() {
  "$1" -w -C INPUT -p tcp --dport "$2" -j ACCEPT 2>/dev/null || "$1" -w -I INPUT -p tcp --dport "$2" -j ACCEPT
}
for port in $ADMITTED_PORTS; do
  admit iptables "$port" || exit 1
  admit ip6tables "$port" || true
done
`;

/** Reads the secrets into files in memory, which are deleted when the container exits. */
export const SECRETS_SCRIPT = String.raw`#!/bin/bash
set -euo pipefail
shopt -s nullglob
umask 077
${METADATA}${CALL}
token=$(metadata instance/service-accounts/default/token | field access_token)
project=$(metadata project/project-id)
for file in ${FILES}/secrets/*; do
  { read -r secret; read -r version; } <"$file"
  case $secret in
    projects/*) ;;
    *) secret="projects/$project/secrets/$secret" ;;
  esac
  call "https://secretmanager.googleapis.com/v1/$secret/versions/$version:access" | field data | base64 -d \
    >"$RUNTIME_DIRECTORY/${"$"}{file##*/}"
done
`;

/** Where the models are downloaded to: on the boot disk, so that they outlast a reboot. */
const MODELS = "/var/lib/serving";

/**
 * Downloads the models, eight files at a time, with retries: the upload may still be running, and
 * the grant on the bucket propagating. A file is there when it is complete.
 */
export const MODELS_SCRIPT = String.raw`#!/bin/bash
set -uo pipefail
shopt -s nullglob
${METADATA}${CALL}
objects=https://storage.googleapis.com/storage/v1/b
fresh_token() {
  token=$(metadata instance/service-accounts/default/token | field access_token)
}
encode() {
  printf %s "$1" | od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g'
}
list() {
  local page answer
  local -a next=()
  while true; do
    answer=$(call --get --data-urlencode "prefix=$2/" --data-urlencode 'fields=items(name),nextPageToken' \
      "${"$"}{next[@]}" "$objects/$1/o") || return 1
    sed -n 's/^ *"name": "\(.*[^/]\)",\{0,1\}$/\1/p' <<<"$answer"
    page=$(field nextPageToken <<<"$answer")
    if [[ -z $page ]]; then return 0; fi
    next=(--data-urlencode "pageToken=$page")
  done
}
fetch() {
  if [[ -e $3 ]]; then return 0; fi
  fresh_token && mkdir -p -- "${"$"}{3%/*}" &&
    call --output "$3.part" "$objects/$1/o/$(encode "$2")?alt=media" && mv -- "$3.part" "$3"
}
download() {
  local bucket folder path names name pid failed=0
  local -a pids=()
  { read -r bucket; read -r folder; read -r path; } <"$1"
  fresh_token && names=$(list "$bucket" "$folder") || return 1
  if [[ -z $names || $names == *\\* ]]; then
    echo "gs://$bucket/$folder has no files, or names with quotes or backslashes" >&2
    return 1
  fi
  while IFS= read -r name; do
    if ((${"$"}{#pids[@]} >= 8)); then
      wait "${"$"}{pids[0]}" || failed=1
      pids=("${"$"}{pids[@]:1}")
    fi
    fetch "$bucket" "$name" "${MODELS}/$name" </dev/null &
    pids+=($!)
  done <<<"$names"
  for pid in "${"$"}{pids[@]}"; do
    wait "$pid" || failed=1
  done
  return "$failed"
}
for file in ${FILES}/models/*; do
  until download "$file"; do
    echo "The model is not downloaded; trying again" >&2
    sleep 15
  done
done
`;

const MODEL_MOUNTS = `for file in ${FILES}/models/*; do
  { read -r bucket; read -r folder; read -r path; } <"$file"
  options+=("--volume=${MODELS}/$folder:$path:ro")
done

`;

/** Runs the container until it exits. Values are read byte by byte, so none needs quoting. */
export const runScript = (hasModels: boolean): string => `#!/bin/bash
set -euo pipefail
shopt -s nullglob

# Command substitution drops trailing newlines, so another character ends the text.
load() {
  loaded=$(cat -- "$1" && printf x)
  loaded=${"$"}{loaded%x}
}

image=$(<${FILES}/image)
options=(--detach --name=serving --pull=never --network=host "--shm-size=${"$"}{SHM_SIZE_MIB}m"
  --log-driver=json-file --log-opt=max-size=50m --log-opt=max-file=3 "--env=PORT=$PORT")
for file in ${FILES}/env/*; do
  load "$file"
  options+=("--env=${"$"}{file##*/}=$loaded")
done

if [[ -n ${"$"}{GPU_DRIVER:-} ]]; then
  for device in /dev/nvidia[0-9]* /dev/nvidiactl /dev/nvidia-uvm /dev/nvidia-uvm-tools /dev/nvidia-modeset /dev/nvidia-caps/*; do
    if [[ -e $device ]]; then options+=("--device=$device"); fi
  done
  if [[ -e ${FILES}/env/LD_LIBRARY_PATH ]]; then
    load ${FILES}/env/LD_LIBRARY_PATH
    libraries=$loaded
  else
    libraries=$(docker image inspect --format '{{range .Config.Env}}{{println .}}{{end}}' -- "$image" |
      sed -n 's/^LD_LIBRARY_PATH=//p')
  fi
  options+=("--env=LD_LIBRARY_PATH=${"$"}{libraries:+$libraries:}/usr/local/nvidia/lib64" --ulimit=memlock=-1
    --volume=/var/lib/nvidia/lib64:/usr/local/nvidia/lib64:ro --volume=/var/lib/nvidia/bin:/usr/local/nvidia/bin:ro)
fi

${hasModels ? MODEL_MOUNTS : ""}arguments=()
for file in ${FILES}/command/*; do
  load "$file"
  if [[ $file == */0000 ]]; then options+=("--entrypoint=$loaded"); else arguments+=("$loaded"); fi
done
for file in ${FILES}/args/*; do
  load "$file"
  arguments+=("$loaded")
done

# Last, because the names are the user's: docker takes these values from its environment, where no process list shows them.
for file in "$RUNTIME_DIRECTORY"/*; do
  load "$file"
  export "${"$"}{file##*/}=$loaded"
  options+=("--env=${"$"}{file##*/}")
done
/usr/bin/docker run "${"$"}{options[@]}" -- "$image" "${"$"}{arguments[@]}"
code=$(/usr/bin/docker wait serving)
echo "The container ended with code $code"
exit "$code"
`;

/** Writes GPU utilization to Cloud Monitoring, which Container-Optimized OS does not do itself. */
export const GPU_METRICS_SCRIPT = String.raw`#!/bin/bash
set -uo pipefail
${METADATA}${CALL}
series() {
  printf '{"metric":{"type":"%s"},"resource":{"type":"gce_instance","labels":{"project_id":"%s","instance_id":"%s","zone":"%s"}},"metricKind":"GAUGE","valueType":"DOUBLE","points":[{"interval":{"endTime":"%s"},"value":{"doubleValue":%d}}]}' \
    "$1" "$project" "$instance" "$zone" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2"
}
publish() {
  local gpus=0 busy=0 memory=0 one_busy used total token
  while IFS=', ' read -r one_busy used total; do
    [[ $one_busy =~ ^[0-9]+$ && $used =~ ^[0-9]+$ && $total =~ ^[1-9][0-9]*$ ]] || continue
    gpus=$((gpus + 1)) busy=$((busy + one_busy)) memory=$((memory + 100 * used / total))
  done < <(/var/lib/nvidia/bin/nvidia-smi --query-gpu=utilization.gpu,memory.used,memory.total --format=csv,noheader,nounits)
  ((gpus > 0)) || return 1
  token=$(metadata instance/service-accounts/default/token | field access_token) || return 1
  call --output /dev/null --header 'Content-Type: application/json' --data \
    "{\"timeSeries\":[$(series ${MACHINE_GPU} $((busy / gpus))),$(series ${MACHINE_GPU_MEMORY} $((memory / gpus)))]}" \
    "https://monitoring.googleapis.com/v3/projects/$project/timeSeries"
}

until project=$(metadata project/project-id) && instance=$(metadata instance/id) && zone=$(metadata instance/zone); do
  sleep 5
done
zone=${"$"}{zone##*/}
while true; do
  publish || echo "The GPU metrics are not written" >&2
  sleep 60
done
`;
