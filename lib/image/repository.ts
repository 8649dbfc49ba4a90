import type {
  ArtifactRegistryRepository,
  ArtifactRegistryRepositoryCleanupPolicies,
} from "@cdktf/provider-google/lib/artifact-registry-repository";
import { ArtifactRegistryRepositoryIamMember } from "@cdktf/provider-google/lib/artifact-registry-repository-iam-member";
import type { ITerraformDependable } from "cdktf";
import type { IConstruct } from "constructs";
import { isSameStack } from "../core/dependables";
import { keyApis } from "../project/encryption-key";
import type { IGrantee } from "../project/grantee";
import { Grants } from "../project/grants";
import { ProjectServices } from "../project/project-services";

export const PULL_ROLE = "roles/artifactregistry.reader";
export const PUSH_ROLE = "roles/artifactregistry.writer";

/**
 * Host and path before the image name; the host is literal, for the login before Terraform runs.
 */
export function repositoryUrl(repository: ArtifactRegistryRepository, location: string): string {
  return `${location}-docker.pkg.dev/${repository.project}/${repository.repositoryId}`;
}

/** Grants a role on one repository, once per grantee. */
export function grantOnRepository(
  repository: ArtifactRegistryRepository,
  role: string,
  grantee: IGrantee,
  asker?: IConstruct,
): ITerraformDependable {
  return Grants.of(repository, asker ?? grantee).once(
    `repository ${repository.node.path.replace(/\/Resource$/, "")}`,
    role,
    grantee.grantKey,
    (scope, id) =>
      new ArtifactRegistryRepositoryIamMember(scope, id, {
        project: isSameStack(scope, repository) ? undefined : repository.project,
        location: repository.location,
        repository: repository.repositoryId,
        role,
        member: grantee.iamMember,
      }),
  );
}

/** Days until tagged and untagged versions are deleted; 0 keeps them. */
export interface CleanupDays {
  readonly untagged?: number;
  readonly tagged?: number;
  readonly any?: number;
}

/** Policies that delete older versions but keep the newest of each image; 0 omits a policy. */
export function cleanupPolicies(days: CleanupDays, keep: number): ArtifactRegistryRepositoryCleanupPolicies[] {
  const deletion = (id: string, after = 0, tagState?: string) =>
    after > 0 ? [{ id, action: "DELETE", condition: { tagState, olderThan: `${after * 86400}s` } }] : [];
  return [
    ...deletion("delete-untagged", days.untagged, "UNTAGGED"),
    ...deletion("delete-tagged", days.tagged, "TAGGED"),
    ...deletion("delete-old", days.any),
    ...(keep > 0 ? [{ id: "keep-recent", action: "KEEP", mostRecentVersions: { keepCount: keep } }] : []),
  ];
}

/** The APIs that a repository needs; those of scanner and keys only if it uses them. */
export function repositoryApis(
  where: IConstruct,
  scanned: boolean | undefined,
  key: string | undefined,
): ITerraformDependable[] {
  return [
    ...ProjectServices.of(where).require("artifactregistry.googleapis.com"),
    ...(scanned ? ProjectServices.of(where).require("containerscanning.googleapis.com") : []),
    ...(key === undefined ? [] : keyApis(where)),
  ];
}
