import { SecretManagerSecret } from "@cdktf/provider-google/lib/secret-manager-secret";
import { SecretManagerSecretIamMember } from "@cdktf/provider-google/lib/secret-manager-secret-iam-member";
import { SecretManagerSecretVersion } from "@cdktf/provider-google/lib/secret-manager-secret-version";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkAllowed } from "../core/checks";
import { generatedName } from "../core/naming";
import { secretName, secretReference, secretVersionNumber } from "../google/secrets";
import type { IGrantee } from "./grantee";
import { Grants } from "./grants";
import { ProjectServices } from "./project-services";
import { isOtherProject, literalProject, type ProviderOptions, useProvider } from "./provider";

/** A Secret Manager secret with at least one enabled version. */
export interface ISecret extends IConstruct {
  /** `name` in the project of its provider, `projects/PROJECT/secrets/NAME` in another. */
  readonly secretId: string;
  /** `latest`, or a version number. */
  readonly version: string;
  /** What a reader must wait for, besides its own grant. */
  readonly dependables: ITerraformDependable[];
  /**
   * Grants `roles/secretmanager.secretAccessor` on this secret.
   *
   * @param asker A construct of the stack that needs the grant, and gets the binding if the secret
   * is in another; the grantee unless given
   */
  grantAccess(grantee: IGrantee, asker?: IConstruct): ITerraformDependable;
}

export interface SecretReferenceOptions extends ProviderOptions {
  /**
   * `latest`, or a version number. Cloud Run reads an environment variable once per instance start
   * and a mounted secret at each access, so pin a number if rollouts must be deliberate. @default
   * "latest"
   */
  readonly version?: string;
}

export interface SecretProps extends ProviderOptions {
  /** @default generated from the construct path */
  readonly secretId?: string;
}

const LONGEST_NAME = { maxLength: 255 };
/** The value of the first version, until a real one is added. */
const PLACEHOLDER = "placeholder: add a version with the real value";

/** How a reader names the secret: with its project, if that is another one. */
export function secretNameIn(reader: IConstruct, secret: ISecret): string {
  const { secretId } = secret;
  const isFull = !Token.isUnresolved(secretId) && secretId.startsWith("projects/");
  return isFull || !isOtherProject(reader, secret)
    ? secretId
    : `projects/${literalProject(secret)}/secrets/${secretId}`;
}

abstract class SecretBase extends Construct implements ISecret {
  public abstract readonly secretId: string;
  public abstract readonly version: string;
  public abstract readonly dependables: ITerraformDependable[];
  protected abstract readonly grantKey: string;

  public grantAccess(grantee: IGrantee, asker?: IConstruct): ITerraformDependable {
    const role = "roles/secretmanager.secretAccessor";
    return Grants.of(this, asker ?? grantee).once(
      `secret ${this.grantKey}`,
      role,
      grantee.grantKey,
      (scope, id) =>
        new SecretManagerSecretIamMember(scope, id, {
          secretId: secretNameIn(scope, this),
          role,
          member: grantee.iamMember,
          dependsOn: ProjectServices.of(scope).require("secretmanager.googleapis.com"),
        }),
    );
  }
}

/**
 * A secret created by the stack. Its first version holds a placeholder, so that the first deploy of
 * its readers succeeds. The real value never passes through Terraform:
 *
 *     printf %s "$VALUE" | gcloud secrets versions add NAME --data-file=-
 *
 * Terraform ignores later values and the state of version 1. You may disable version 1, but do not
 * destroy it: Terraform would create the placeholder again as the latest version.
 */
@checked
export class Secret extends SecretBase {
  /** An existing secret with its value: the usual case. */
  public static fromName(
    scope: Construct,
    id: string,
    secretId: string,
    options: SecretReferenceOptions = {},
  ): ISecret {
    return new ImportedSecret(scope, id, secretId, options);
  }

  public readonly resource: SecretManagerSecret;
  public readonly placeholder: SecretManagerSecretVersion;
  public readonly secretId: string;
  public readonly version = "latest";
  public readonly dependables: ITerraformDependable[];
  protected readonly grantKey: string;

  public constructor(scope: Construct, id: string, props: SecretProps = {}) {
    super(scope, id);
    useProvider(this, props.provider);
    checkAllowed(this, "secret ID", props.secretId, secretName);
    this.resource = new SecretManagerSecret(this, "Resource", {
      secretId: props.secretId ?? generatedName(this, LONGEST_NAME),
      replication: { auto: {} },
      dependsOn: ProjectServices.of(this).require("secretmanager.googleapis.com"),
    });
    this.placeholder = new SecretManagerSecretVersion(this, "Placeholder", {
      secret: this.resource.id,
      secretData: PLACEHOLDER,
      lifecycle: { ignoreChanges: ["secret_data", "enabled"] },
    });
    this.secretId = this.resource.secretId;
    this.dependables = [this.placeholder];
    this.grantKey = this.node.path;
  }
}

class ImportedSecret extends SecretBase {
  public readonly version: string;
  public readonly dependables: ITerraformDependable[] = [];

  public constructor(
    scope: Construct,
    id: string,
    public readonly secretId: string,
    options: SecretReferenceOptions,
  ) {
    super(scope, id);
    useProvider(this, options.provider);
    const { version = "latest" } = options;
    checkAllowed(this, "secretId", secretId, secretReference, "leave out the version: it is a separate option");
    checkAllowed(this, "version", version, secretVersionNumber, "pass the version as text");
    this.version = version;
  }

  protected get grantKey(): string {
    return this.secretId;
  }
}
