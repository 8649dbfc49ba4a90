import { DataGoogleSecretManagerSecretVersionAccess } from "@cdktf/provider-google/lib/data-google-secret-manager-secret-version-access";
import type { Construct } from "constructs";
import { ProjectServices } from "./project-services";
import type { ISecret } from "./secret";

/**
 * The value of a secret, for resources that accept no reference. Terraform reads it when planning:
 * the deployer needs `roles/secretmanager.secretAccessor`, and the state contains the value, marked
 * sensitive.
 */
export function secretValue(scope: Construct, id: string, secret: ISecret): string {
  return new DataGoogleSecretManagerSecretVersionAccess(scope, id, {
    secret: secret.secretId,
    version: secret.version,
    dependsOn: [...secret.dependables, ...ProjectServices.of(scope).require("secretmanager.googleapis.com")],
  }).secretData;
}
