import { isComputed, isKnown, textOf } from "../../topology/value";
import { keyLocation } from "../cloud-run/cloud-run-network";
import { containersOf, nested } from "../cloud-run/cloud-run-workload";
import type { Place } from "../nested-places";
import type { OldRule as Rule } from "../old-rule";
import { imagePolicyRules } from "./image-policy";
import { registryCleanupRules, repositories } from "./registry-cleanup";
import { registryLimitRules } from "./registry-limits";
import { registryRemoteRules } from "./registry-remote";

const REPOSITORY = "google_artifact_registry_repository";
const API = "Artifact Registry API v1";
const READ = "read 2026-11-22";
const FORMAT_BLOCKS: Readonly<Record<string, string>> = {
  apt_repository: "APT",
  docker_repository: "DOCKER",
  maven_repository: "MAVEN",
  npm_repository: "NPM",
  python_repository: "PYTHON",
  yum_repository: "YUM",
};
const MODE_BLOCKS = {
  REMOTE_REPOSITORY: "remote_repository_config",
  VIRTUAL_REPOSITORY: "virtual_repository_config",
} as const;
const IMAGE = /^([a-z0-9-]+)-docker\.pkg\.dev\/([^/]+)\/([^/]+)\//;

function formatOf({ block }: Place): string | undefined {
  return textOf(block.format)?.toUpperCase();
}

function modeOf({ block }: Place): string | undefined {
  return block.mode === undefined ? "STANDARD_REPOSITORY" : textOf(block.mode);
}

/** Artifact Registry repositories and what cleans them up. */
export const registryRules: readonly Rule[] = [
  ...registryLimitRules,
  ...registryCleanupRules,
  ...registryRemoteRules,
  ...imagePolicyRules,
  {
    id: "registry-mode-config",
    title:
      "a remote repository has remote_repository_config, a virtual one virtual_repository_config, a standard one neither",
    severity: "error",
    why: "Google Cloud rejects a repository whose mode and configuration do not fit.",
    fix: "set mode, or move the configuration to a repository of that mode",
    source: `${API}, Repository.mode, ${READ}`,
    check(topology, report) {
      for (const repository of repositories(topology)) {
        const mode = modeOf(repository);
        if (mode === undefined) continue;
        for (const [wanted, name] of Object.entries(MODE_BLOCKS)) {
          if (isComputed(repository.block, name)) continue;
          const given = repository.block[name] !== undefined;
          if (given && mode !== wanted) report(repository.resource, name, mode);
          if (!given && mode === wanted && wanted === "REMOTE_REPOSITORY") report(repository.resource, name, undefined);
        }
      }
    },
  },
  {
    id: "registry-remote-source",
    title: "a remote repository has one source, of its own format",
    severity: "error",
    why: "The provider rejects two sources or none; Google Cloud rejects a source of another format.",
    fix: "keep the source of this format, or common_repository",
    source: `${API}, RemoteRepositoryConfig, ${READ}; schema of google 7.45.0`,
    check(topology, report) {
      for (const repository of repositories(topology)) {
        const format = formatOf(repository);
        for (const { block, at, resource } of nested(repository, "remote_repository_config")) {
          const kinds = [...Object.keys(FORMAT_BLOCKS), "common_repository"];
          if (kinds.some((kind) => isComputed(block, kind))) continue;
          const given = kinds.filter((kind) => block[kind] !== undefined);
          if (given.length !== 1) report(resource, at, given);
          for (const kind of given) {
            const wanted = FORMAT_BLOCKS[kind];
            if (wanted !== undefined && format !== undefined && format !== wanted)
              report(resource, `${at}.${kind}`, format);
          }
        }
      }
    },
  },
  {
    id: "registry-format-config",
    title: "docker_config and maven_config are for repositories of that format",
    severity: "error",
    why: "Google Cloud rejects the configuration of another format.",
    fix: "take it away, or change format",
    source: `${API}, Repository.dockerConfig, ${READ}`,
    check(topology, report) {
      for (const repository of repositories(topology)) {
        const format = formatOf(repository);
        for (const wanted of ["DOCKER", "MAVEN"]) {
          const name = `${wanted.toLowerCase()}_config`;
          if (repository.block[name] !== undefined && format !== undefined && format !== wanted)
            report(repository.resource, name, format);
        }
      }
    },
  },
  {
    id: "registry-key-location",
    title: "the key of a repository is at the location of the repository",
    severity: "error",
    why: "Google Cloud rejects a key of another location at apply.",
    fix: "make a key ring at the location of the repository, us for a repository in us",
    source: `${API}, Repository.kmsKeyName, ${READ}`,
    check(topology, report) {
      for (const { resource, block } of repositories(topology)) {
        const location = textOf(block.location);
        const key = keyLocation(topology, block.kms_key_name);
        if (location !== undefined && key !== undefined && key !== location)
          report(resource, "kms_key_name", block.kms_key_name, `${key} instead of ${location}`);
      }
    },
  },
  {
    id: "registry-upstream",
    title: "the upstream repositories of a virtual one have its format, and IDs of their own",
    severity: "error",
    why: "Google Cloud rejects an upstream of another format, and an ID twice.",
    fix: "make a virtual repository for each format",
    source: `docs.cloud.google.com/artifact-registry/docs/repositories/virtual-repo, ${READ}`,
    check(topology, report) {
      for (const repository of repositories(topology)) {
        const seen = new Set<string>();
        for (const { block, at, resource } of nested(repository, "virtual_repository_config").flatMap((config) =>
          nested(config, "upstream_policies"),
        )) {
          const upstream = topology.document.target(block.repository);
          const format = textOf(upstream?.values.format)?.toUpperCase();
          const own = formatOf(repository);
          if (upstream?.type === REPOSITORY && format !== undefined && own !== undefined && format !== own)
            report(resource, `${at}.repository`, block.repository, format);
          const id = textOf(block.id);
          if (id === undefined) continue;
          if (seen.has(id)) report(resource, `${at}.id`, id);
          seen.add(id);
        }
      }
    },
  },
  {
    id: "registry-image-format",
    title: "an image comes from a repository of Docker format",
    severity: "error",
    why: "There are no images in a repository of another format: the deploy fails.",
    fix: 'set format = "DOCKER" on the repository, or name another one',
    source: `${API}, Repository.format, ${READ}`,
    check(topology, report) {
      const byPlace = new Map(
        repositories(topology).map((each) => [
          `${String(each.block.location)} ${String(each.block.repository_id)}`,
          each,
        ]),
      );
      if (byPlace.size === 0) return;
      for (const { block, at, resource } of containersOf(topology)) {
        const image = IMAGE.exec(textOf(block.image) ?? "");
        const repository = image && byPlace.get(`${image[1]} ${image[3]}`);
        if (!repository || !isKnown(repository.block.project)) continue;
        // A repository of this name may exist in another project, too.
        if (repository.block.project !== undefined && repository.block.project !== image[2]) continue;
        const format = formatOf(repository);
        if (repository.block.project !== undefined && format !== undefined && !["DOCKER", "KFP"].includes(format))
          report(resource, `${at}.image`, block.image, `${repository.resource.address} is ${format}`);
      }
    },
  },
];
