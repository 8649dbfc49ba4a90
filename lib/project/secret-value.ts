import { DataGoogleSecretManagerSecretVersionAccess } from "@cdktf/provider-google/lib/data-google-secret-manager-secret-version-access";
import type { Construct } from "constructs";
import { ownDependables } from "../core/dependables";
import { ProjectServices } from "./project-services";
import { type ISecret, secretNameIn } from "./secret";

/**
 * The value of a secret, for resources that accept no reference. Terraform reads it when planning:
 * the deployer needs `roles/secretmanager.secretAccessor`, and the state contains the value, marked
 * sensitive.
 */
export function secretValue(scope: Construct, id: string, secret: ISecret): string {
  return new DataGoogleSecretManagerSecretVersionAccess(scope, id, {
    secret: secretNameIn(scope, secret),
    version: secret.version,
    dependsOn: ownDependables(scope, [
      ...secret.dependables,
      ...ProjectServices.of(scope).require("secretmanager.googleapis.com"),
    ]),
  }).secretData;
}
