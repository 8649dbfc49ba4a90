import type { ITerraformDependable } from "cdktf";
import type { IConstruct } from "constructs";
import { grantServiceAgentKeyUse } from "../../project/encryption-key";
import type { IServiceAccount } from "../../project/service-account";
import type { ContainerOptions } from "./cloud-run-options";

/** Grants for what the container reads at start; without them, the first revision fails. */
export function prerequisites(
  where: IConstruct,
  serviceAccount: IServiceAccount,
  region: string,
  props: ContainerOptions,
): ITerraformDependable[] {
  const volumes = props.volumes ?? [];
  const secrets = [
    ...Object.values(props.secretEnv ?? {}),
    ...volumes.flatMap((volume) => volume._secret?.secret ?? []),
  ];
  return [
    ...secrets.flatMap((secret) => [serviceAccount.grantSecretAccess(secret), ...secret.dependables]),
    ...volumes.flatMap(({ _gcs: gcs }) =>
      gcs && gcs.options.grantAccess !== false
        ? [
            serviceAccount.grantBucketRole(
              gcs.bucketName,
              gcs.options.readOnly === false ? "roles/storage.objectUser" : "roles/storage.objectViewer",
            ),
          ]
        : [],
    ),
    ...(props.encryptionKey ? [grantServiceAgentKeyUse(where, props.encryptionKey, region)] : []),
  ];
}
