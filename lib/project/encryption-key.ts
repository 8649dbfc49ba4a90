import { KmsCryptoKeyIamMember } from "@cdktf/provider-google/lib/kms-crypto-key-iam-member";
import type { ITerraformDependable } from "cdktf";
import type { IConstruct } from "constructs";
import { checkAllowed } from "../core/checks";
import { ValidationError } from "../core/errors";
import { cryptoKey } from "../google/formats";
import { Grants } from "./grants";
import { cloudRunAgent } from "./project-number";
import { ProjectServices } from "./project-services";
import type { ServiceAgent } from "./service-agents";

const ROLE = "roles/cloudkms.cryptoKeyEncrypterDecrypter";

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
  const member = `serviceAccount:${cloudRunAgent(where)}`;
  return grantKeyUse(where, key, { name: "Cloud Run service agent", member, api: "run.googleapis.com" });
}

/** Grants a service agent use of a key. What the key encrypts must wait for it. */
export function grantKeyUse(where: IConstruct, key: string, agent: ServiceAgent): ITerraformDependable {
  return Grants.of(where).once(
    `key ${key}`,
    ROLE,
    agent.name,
    (scope, id) =>
      new KmsCryptoKeyIamMember(scope, id, {
        cryptoKeyId: key,
        role: ROLE,
        member: agent.member,
        dependsOn: [...ProjectServices.of(where).require(agent.api), ...keyApis(where)],
      }),
  );
}
