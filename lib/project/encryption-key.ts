import { DataGoogleStorageProjectServiceAccount } from "@cdktf/provider-google/lib/data-google-storage-project-service-account";
import { KmsCryptoKeyIamMember } from "@cdktf/provider-google/lib/kms-crypto-key-iam-member";
import type { ITerraformDependable } from "cdktf";
import type { IConstruct } from "constructs";
import { checkAllowed } from "../core/checks";
import { ValidationError } from "../core/errors";
import { cryptoKey } from "../google/formats";
import { keyLocationOf } from "../google/storage";
import { Grants } from "./grants";
import { cloudRunAgent } from "./project-number";
import { ProjectServices } from "./project-services";

const ROLE = "roles/cloudkms.cryptoKeyEncrypterDecrypter";

const STORAGE_AGENT = "StorageAgent";

/** Throws for a malformed key, and for one outside `location`. */
export function checkKey(where: IConstruct, key: string, location: string, fix: string): void {
  checkAllowed(where, "encryptionKey", key, cryptoKey, "pass projects/P/locations/L/keyRings/R/cryptoKeys/K");
  const keyLocation = /\/locations\/([^/]+)\//.exec(key)?.[1];
  if (keyLocation !== undefined && keyLocation !== location) {
    throw new ValidationError(where, { what: "encryptionKey", got: key, allowed: `a key in ${location}`, fix });
  }
}

/** The API by which keys are read, used and granted. */
export function keyApis(where: IConstruct): ITerraformDependable[] {
  return ProjectServices.of(where).require("cloudkms.googleapis.com");
}

/** Grants the Cloud Run service agent use of a key; the first revision needs it. */
export function grantServiceAgentKeyUse(where: IConstruct, key: string, region: string): ITerraformDependable {
  checkKey(
    where,
    key,
    region,
    "use a key ring in the service's own region; with several regions, set one key per region in regionOverrides",
  );
  return Grants.of(where).once(
    `key ${key}`,
    ROLE,
    "Cloud Run service agent",
    (scope, id) =>
      new KmsCryptoKeyIamMember(scope, id, {
        cryptoKeyId: key,
        role: ROLE,
        member: `serviceAccount:${cloudRunAgent(where)}`,
        dependsOn: [...ProjectServices.of(where).require("run.googleapis.com"), ...keyApis(where)],
      }),
  );
}

/**
 * Grants the Cloud Storage service agent of the project use of a key; a bucket with that key needs
 * it first.
 *
 * @param location Of the bucket.
 */
export function grantStorageAgentKeyUse(where: IConstruct, key: string, location: string): ITerraformDependable {
  checkKey(where, key, keyLocationOf(location), "use a key ring in the location of the bucket");
  const grants = Grants.of(where);
  return grants.once(`key ${key}`, ROLE, "Cloud Storage service agent", (scope, id) => {
    const existing = grants.node.tryFindChild(STORAGE_AGENT) as DataGoogleStorageProjectServiceAccount | undefined;
    const agent =
      existing ??
      new DataGoogleStorageProjectServiceAccount(grants, STORAGE_AGENT, {
        dependsOn: ProjectServices.of(where).require("storage.googleapis.com"),
      });
    return new KmsCryptoKeyIamMember(scope, id, {
      cryptoKeyId: key,
      role: ROLE,
      member: agent.member,
      dependsOn: keyApis(where),
    });
  });
}
