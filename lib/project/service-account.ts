import { ProjectIamMember } from "@cdktf/provider-google/lib/project-iam-member";
import { ServiceAccount as GoogleServiceAccount } from "@cdktf/provider-google/lib/service-account";
import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { checked } from "../core/checked";
import { checkAllowed, checkPattern } from "../core/checks";
import { ValidationError } from "../core/errors";
import { chosenName, SERVICE_ACCOUNT_NAME } from "../core/naming";
import { accountDisplayName } from "../google/iam";
import { grantBucketRole } from "./buckets";
import type { IGrantee } from "./grantee";
import { Grants } from "./grants";
import { ProjectServices } from "./project-services";
import { type ProviderOptions, useProvider } from "./provider";
import type { ISecret } from "./secret";

/** The identity that a workload runs as. */
export interface IServiceAccount extends IGrantee {
  readonly email: string;

  /**
   * Grants the role on one Cloud Storage bucket.
   *
   * @param role `roles/storage.objectViewer` to read, `roles/storage.objectUser` to write too.
   * @param asker A construct of the stack that needs the grant, and gets the binding. @default this
   */
  grantBucketRole(bucketName: string, role: string, asker?: IConstruct): ITerraformDependable;

  /**
   * Grants a role on the whole project; prefer the narrower grants.
   *
   * @param asker A construct of the stack that needs the grant, and gets the binding. @default this
   */
  grantProjectRole(role: string, asker?: IConstruct): ITerraformDependable;

  /**
   * Lets it read the secret's versions.
   *
   * @param asker A construct of the stack that needs the grant, and gets the binding if the secret
   * is in another. @default this
   */
  grantSecretAccess(secret: ISecret, asker?: IConstruct): ITerraformDependable;
}

export interface ServiceAccountProps extends ProviderOptions {
  /** The part before the `@`, 6 to 30 characters. @default generated from the construct path */
  readonly accountId?: string;
  /** At most 100 bytes. @default the construct path, or its last 100 bytes */
  readonly displayName?: string;
}

abstract class ServiceAccountBase extends Construct implements IServiceAccount {
  public abstract readonly email: string;
  public abstract readonly iamMember: string;
  public abstract readonly grantKey: string;
  protected abstract readonly projectId: string;

  public grantBucketRole(bucketName: string, role: string, asker?: IConstruct): ITerraformDependable {
    return grantBucketRole(this, bucketName, role, this, asker);
  }

  public grantProjectRole(role: string, asker?: IConstruct): ITerraformDependable {
    return Grants.of(this, asker).once(
      "project",
      role,
      this.grantKey,
      (scope, id) =>
        new ProjectIamMember(scope, id, {
          project: this.projectId,
          role,
          member: this.iamMember,
          dependsOn: ProjectServices.of(scope).require("cloudresourcemanager.googleapis.com"),
        }),
    );
  }

  public grantSecretAccess(secret: ISecret, asker?: IConstruct): ITerraformDependable {
    return secret.grantAccess(this, asker);
  }
}

/**
 * A service account without roles; each `grant…` method adds one binding.
 *
 * Its `accountId` is its identity: changing it creates another account, without the grants that the
 * old one has elsewhere.
 */
@checked
export class ServiceAccount extends ServiceAccountBase {
  /** An existing account, in this project or another. */
  public static fromEmail(scope: Construct, id: string, email: string): IServiceAccount {
    return new ImportedServiceAccount(scope, id, email);
  }

  public readonly resource: GoogleServiceAccount;
  public readonly email: string;
  public readonly iamMember: string;
  public readonly grantKey: string;
  protected readonly projectId: string;

  public constructor(scope: Construct, id: string, props: ServiceAccountProps = {}) {
    super(scope, id);
    useProvider(this, props.provider);
    checkAllowed(this, "displayName", props.displayName, accountDisplayName, "shorten it");
    this.resource = new GoogleServiceAccount(this, "Resource", {
      accountId: chosenName(this, SERVICE_ACCOUNT_NAME, props.accountId),
      displayName: props.displayName ?? lastBytes(this.node.path, accountDisplayName.max),
      dependsOn: ProjectServices.of(this).require("iam.googleapis.com"),
    });
    this.email = this.resource.email;
    this.iamMember = this.resource.member;
    this.grantKey = this.node.path;
    this.projectId = this.resource.project;
  }
}

class ImportedServiceAccount extends ServiceAccountBase {
  public readonly iamMember: string;
  public readonly grantKey: string;

  public constructor(
    scope: Construct,
    id: string,
    public readonly email: string,
  ) {
    super(scope, id);
    checkPattern(
      this,
      "email",
      email,
      /^[^@\s:]+@[^@\s]+\.gserviceaccount\.com$/,
      "a service account's e-mail address, without the prefix serviceAccount:",
      'pass it as "name@project.iam.gserviceaccount.com"',
    );
    this.iamMember = `serviceAccount:${email}`;
    this.grantKey = email;
  }

  protected get projectId(): string {
    const project = /@([^.]+)\.iam\.gserviceaccount\.com$/.exec(this.email)?.[1];
    if (project) return project;
    throw new ValidationError(this, {
      what: "email",
      got: this.email,
      allowed: "an address in iam.gserviceaccount.com, from which the project is read",
      fix: "grant the project role with your own google_project_iam_member",
    });
  }
}

/** The last bytes of a text in UTF-8, without a partial character. */
function lastBytes(text: string, bytes: number): string {
  return Buffer.from(text)
    .subarray(-bytes)
    .toString()
    .replace(/^\uFFFD+/, "");
}
