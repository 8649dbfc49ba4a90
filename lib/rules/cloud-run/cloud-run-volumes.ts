import { isComputed, isKnown, textOf } from "../../topology/value";
import type { OldRule as Rule } from "../old-rule";
import { containersOf, isAbsent, nested, quantity, workloadsOf } from "./cloud-run-workload";

const API = "Cloud Run Admin API v2";
const KINDS = ["secret", "cloud_sql_instance", "empty_dir", "gcs", "nfs"];
const PRIVATE_ADDRESS = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/;

/** Volumes, their mounts, and what they need. */
export const cloudRunVolumeRules: readonly Rule[] = [
  {
    id: "run-volume-kind",
    title: "a volume has exactly one source: secret, cloud_sql_instance, empty_dir, gcs or nfs",
    severity: "error",
    why: "Google Cloud rejects a volume without a source, or with two, at apply.",
    fix: "keep one of them",
    source: `${API}, Volume.volumeType, read 2026-11-22`,
    check(topology, report) {
      for (const { block, at, resource } of workloadsOf(topology).flatMap((workload) => workload.volumes)) {
        if (KINDS.some((kind) => isComputed(block, kind))) continue;
        const given = KINDS.filter((kind) => block[kind] !== undefined);
        if (given.length !== 1) report(resource, at, given);
      }
    },
  },
  {
    id: "run-volume-names",
    title: "the volumes of a template have different names",
    severity: "error",
    why: "Google Cloud rejects a second volume of the same name at apply.",
    fix: "rename one of them",
    source: `${API}, Volume.name, read 2026-11-22`,
    check(topology, report) {
      for (const { volumes } of workloadsOf(topology)) {
        const seen = new Set<string>();
        for (const { block, at, resource } of volumes) {
          const name = textOf(block.name);
          if (name === undefined) continue;
          if (seen.has(name)) report(resource, `${at}.name`, name);
          seen.add(name);
        }
      }
    },
  },
  {
    id: "run-volume-mounted",
    title: "a volume mount names a volume of the template",
    severity: "error",
    why: "Google Cloud rejects a mount of a volume that is not there at apply.",
    fix: "add the volume, or correct the name",
    source: `${API}, VolumeMount.name, read 2026-11-22`,
    check(topology, report) {
      for (const { volumes, volumesKnown, containers } of workloadsOf(topology)) {
        if (!volumesKnown || volumes.some(({ block }) => !isKnown(block.name))) continue;
        const names = new Set(volumes.map(({ block }) => block.name));
        for (const { block, at, resource } of containers.flatMap((container) => nested(container, "volume_mounts"))) {
          const name = textOf(block.name);
          if (name !== undefined && !names.has(name)) report(resource, `${at}.name`, name);
        }
      }
    },
  },
  {
    id: "run-volume-unused",
    title: "a volume is mounted in a container",
    severity: "warning",
    why: "The files are nowhere. Not an error, because the service deploys.",
    fix: "add volume_mounts to the container that reads it, or take the volume away",
    source: `${API}, VolumeMount.name, read 2026-11-22`,
    check(topology, report) {
      for (const { volumes, containers, containersKnown } of workloadsOf(topology)) {
        if (volumes.length === 0 || !containersKnown) continue;
        if (containers.some(({ block }) => isComputed(block, "volume_mounts"))) continue;
        const mounts = containers.flatMap((container) => nested(container, "volume_mounts"));
        if (mounts.some(({ block }) => !isKnown(block.name))) continue;
        const mounted = new Set(mounts.map(({ block }) => block.name));
        for (const { block, at, resource } of volumes) {
          const name = textOf(block.name);
          if (name !== undefined && !mounted.has(name)) report(resource, `${at}.name`, name);
        }
      }
    },
  },
  {
    id: "run-mount-paths",
    title: "a container mounts at most one volume at a path",
    severity: "error",
    why: "Google Cloud rejects the second mount at apply.",
    fix: "mount each volume at a path of its own",
    source: `${API}, VolumeMount.mountPath, read 2026-11-22`,
    check(topology, report) {
      for (const container of containersOf(topology)) {
        const seen = new Set<string>();
        for (const { block, at, resource } of nested(container, "volume_mounts")) {
          const path = textOf(block.mount_path)?.replace(/\/+$/, "");
          if (path === undefined || path === "") continue;
          if (seen.has(path)) report(resource, `${at}.mount_path`, block.mount_path);
          seen.add(path);
        }
      }
    },
  },
  {
    id: "run-volume-sql-path",
    title: "Cloud SQL is mounted at /cloudsql, and everything else has a mount path",
    severity: "error",
    why: "Google Cloud rejects Cloud SQL at another path, and an empty path for other volumes.",
    fix: "mount the Cloud SQL volume at /cloudsql",
    source: `${API}, VolumeMount.mountPath, read 2026-11-22`,
    check(topology, report) {
      for (const { volumes, containers } of workloadsOf(topology)) {
        const isSql = new Map(volumes.map(({ block }) => [block.name, block.cloud_sql_instance !== undefined]));
        for (const { block, at, resource } of containers.flatMap((container) => nested(container, "volume_mounts"))) {
          const path = textOf(block.mount_path);
          const sql = isSql.get(block.name);
          if (path === undefined || sql === undefined) continue;
          if (sql ? !["", "/cloudsql"].includes(path) : path === "") report(resource, `${at}.mount_path`, path);
        }
      }
    },
  },
  {
    id: "run-volume-gen2",
    title: "Cloud Storage and NFS volumes are mounted in the second generation",
    severity: "error",
    why: "The first generation cannot mount them: Google Cloud rejects it at apply.",
    fix: "set EXECUTION_ENVIRONMENT_GEN2, or leave it out",
    source: "provider documentation of google_cloud_run_v2_service 7.45.0, template.volumes.gcs",
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        const environment = textOf(workload.block.execution_environment);
        if (environment !== "EXECUTION_ENVIRONMENT_GEN1") continue;
        if (workload.volumes.some(({ block }) => block.gcs !== undefined || block.nfs !== undefined))
          report(workload.resource, `${workload.at}.execution_environment`, environment);
      }
    },
  },
  {
    id: "run-volume-nfs-network",
    title: "an NFS volume of a private address needs vpc_access",
    severity: "error",
    why: "Without a way into the VPC network the server cannot be reached, and no instance starts.",
    fix: "add vpc_access.network_interfaces with a subnetwork of the server's network",
    source: "docs.cloud.google.com/run/docs/tutorials/network-filesystems-filestore, read 2026-11-22",
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        if (!isAbsent(workload.block, "vpc_access")) continue;
        for (const nfs of workload.volumes.flatMap((volume) => nested(volume, "nfs"))) {
          const server = textOf(nfs.block.server);
          if (server !== undefined && PRIVATE_ADDRESS.test(server)) report(nfs.resource, `${nfs.at}.server`, server);
        }
      }
    },
  },
  {
    id: "run-volume-size",
    title: "the size limit of an empty_dir is a quantity such as 512Mi",
    severity: "error",
    why: "Google Cloud rejects it at apply.",
    fix: 'write it like "512Mi"',
    source: `${API}, EmptyDirVolumeSource.sizeLimit, read 2026-11-22`,
    check(topology, report) {
      for (const dir of emptyDirs(topology)) {
        const limit = dir.block.size_limit;
        if (limit !== undefined && isKnown(limit) && quantity(limit) === undefined)
          report(dir.resource, `${dir.at}.size_limit`, limit);
      }
    },
  },
  {
    id: "run-volume-memory",
    title: "the size limit of an in-memory volume fits in the memory of the instance",
    severity: "warning",
    why: "Its files count as memory of the container that writes them: the instance is ended before the limit makes a write fail. Not an error, because the volume may never fill up.",
    fix: "set size_limit below the memory that the model server leaves free",
    source: "docs.cloud.google.com/run/docs/configuring/workerpools/in-memory-volume-mounts, read 2026-11-22",
    check(topology, report) {
      for (const workload of workloadsOf(topology)) {
        const memories = workload.containers.map(
          (container) => quantity(limitsOf(nested(container, "resources")[0]?.block.limits)?.memory) ?? Number.NaN,
        );
        const memory = memories.reduce((sum, each) => sum + each, 0);
        for (const dir of workload.volumes.flatMap((volume) => nested(volume, "empty_dir"))) {
          if (textOf(dir.block.medium) === "DISK") continue;
          const limit = quantity(dir.block.size_limit);
          if (limit !== undefined && limit > memory) report(dir.resource, `${dir.at}.size_limit`, dir.block.size_limit);
        }
      }
    },
  },
  {
    id: "run-volume-disk-stage",
    title: "an empty_dir on disk is a preview feature",
    severity: "warning",
    why: "The API rejects preview features while launch_stage is GA, which is the default. Not an error, because it may have become generally available since.",
    fix: 'set launch_stage = "BETA", or use medium = "MEMORY"',
    source: "provider documentation of google_cloud_run_v2_service 7.45.0, example with an ephemeral disk",
    check(topology, report) {
      for (const dir of emptyDirs(topology)) {
        const stage = dir.resource.values.launch_stage;
        if (textOf(dir.block.medium) === "DISK" && (stage === undefined || stage === "GA"))
          report(dir.resource, `${dir.at}.medium`, dir.block.medium);
      }
    },
  },
];

function emptyDirs(topology: Parameters<typeof workloadsOf>[0]) {
  return workloadsOf(topology).flatMap((workload) => workload.volumes.flatMap((volume) => nested(volume, "empty_dir")));
}

function limitsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}
