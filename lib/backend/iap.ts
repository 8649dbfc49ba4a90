import type {
  ComputeBackendService,
  ComputeBackendServiceIap,
} from "@cdktf/provider-google/lib/compute-backend-service";
import { IapWebBackendServiceIamMember } from "@cdktf/provider-google/lib/iap-web-backend-service-iam-member";
import { type ITerraformDependable, Token } from "cdktf";
import type { Construct } from "constructs";
import { ValidationError } from "../core/errors";
import { idPart } from "../core/spelled";
import { ProjectServices } from "../project/project-services";
import { secretValue } from "../project/secret-value";
import type { Access } from "../region/access";
import type { Cdn } from "./cdn/cdn";

const API = "iap.googleapis.com";

/** What a backend service with Identity-Aware Proxy waits for. */
export function iapDependencies(where: Construct, access: Access | undefined): ITerraformDependable[] {
  return access?._usesIap ? ProjectServices.of(where).require(API) : [];
}

/**
 * The IAP block of a backend service, also written if IAP is off: without it the setting stays, and
 * provider 7.46.0 shows a difference on every plan (hashicorp/terraform-provider-google issues
 * 19596 and 29069, read 2026-11-22).
 *
 * @throws ValidationError with Cloud CDN, or for half an OAuth client.
 */
export function renderIap(
  where: Construct,
  access: Access | undefined,
  cdn: Cdn | undefined,
): ComputeBackendServiceIap {
  if (!access?.isIap) return { enabled: false };
  access._check(where);
  if (cdn) {
    throw new ValidationError(where, {
      what: "cdn",
      got: "a CDN policy",
      allowed:
        "none with Access.iap(): a cached answer would bypass the sign-in, and Google Cloud refuses both together",
      fix: "leave cdn out, or serve cacheable content from its own service with Access.public()",
    });
  }
  const { oauthClientId } = access.iapOptions;
  const oauth2ClientSecret = clientSecret(where, access);
  if ((oauthClientId === undefined) !== (oauth2ClientSecret === undefined)) {
    throw new ValidationError(where, {
      what: "OAuth client",
      got: oauthClientId === undefined ? "a secret without an ID" : "an ID without a secret",
      allowed: "oauthClientId together with oauthClientSecret or oauthClientSecretFrom, or none of them",
      fix: "give both, or leave both out for a client that Google manages",
    });
  }
  return { enabled: true, oauth2ClientId: oauthClientId, oauth2ClientSecret };
}

/** Lets the members of the access sign in. */
export function grantIapAccess(where: Construct, access: Access | undefined, backend: ComputeBackendService): void {
  for (const member of access?.iapMembers ?? []) {
    const id = `IapUser ${idPart(where, member)}`;
    if (where.node.tryFindChild(id)) continue;
    new IapWebBackendServiceIamMember(where, id, {
      webBackendService: backend.name,
      role: "roles/iap.httpsResourceAccessor",
      member,
      dependsOn: iapDependencies(where, access),
    });
  }
}

function clientSecret(where: Construct, access: Access): string | undefined {
  const { oauthClientSecret, oauthClientSecretFrom } = access.iapOptions;
  if (oauthClientSecret !== undefined && (oauthClientSecretFrom || !Token.isUnresolved(oauthClientSecret))) {
    throw new ValidationError(where, {
      what: "oauthClientSecret",
      // The message must not contain the secret.
      got: oauthClientSecretFrom ? "beside oauthClientSecretFrom" : "a literal",
      allowed: "a reference, or oauthClientSecretFrom instead",
      fix: "keep it in Secret Manager and pass oauthClientSecretFrom, or pass a sensitive TerraformVariable's stringValue: a literal would be in the configuration",
    });
  }
  return oauthClientSecretFrom ? secretValue(where, "IapClientSecret", oauthClientSecretFrom) : oauthClientSecret;
}
