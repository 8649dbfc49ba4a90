import { BinaryAuthorizationPolicy } from "@cdktf/provider-google/lib/binary-authorization-policy";
import { type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkAllowed, checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";
import { admittedImages } from "../google/registry";
import { ProjectServices } from "../project/project-services";
import { isOtherProject, type ProviderOptions, useProvider } from "../project/provider";
import type { IImageAttestor } from "./image-attestor";
import type { IImageRegistry } from "./image-registry";

/** Which images Cloud Run may deploy. */
export interface IImagePolicy {
  /** What must exist before a service is checked against it. */
  readonly dependables: ITerraformDependable[];
}

/** What happens to an image that the policy does not admit. */
export enum ImageEnforcement {
  /** The revision is not created: the deploy fails, and earlier revisions keep serving. */
  BLOCK = "ENFORCED_BLOCK_AND_AUDIT_LOG",
  /** It is deployed, and the audit log records the violation. */
  DRY_RUN = "DRYRUN_AUDIT_LOG_ONLY",
}

export interface ImagePolicyProps extends ProviderOptions {
  /** Registries whose images are admitted, in every copy. @default none */
  readonly registries?: IImageRegistry[];
  /**
   * More admitted images: `us-docker.pkg.dev/cloudrun/container/**`. A `*` is allowed only at the
   * end and matches within one directory, `**` also below it. @default none
   */
  readonly patterns?: string[];
  /**
   * Attestors that must all have signed any other image. @default none: no other image is admitted
   */
  readonly attestors?: IImageAttestor[];
  /** @default ImageEnforcement.BLOCK */
  readonly enforcement?: ImageEnforcement;
}

/**
 * The project's Binary Authorization policy: which images may be deployed by services that set
 * `imagePolicy`.
 *
 * A project has one policy. It also applies to the project's other Cloud Run services and GKE
 * clusters that use Binary Authorization. Writing it replaces the existing policy; removing this
 * construct resets it to admit everything (provider 6.50.0,
 * resource_binary_authorization_policy.go). Cloud Run checks an image when a revision is deployed;
 * running revisions are not affected (docs.cloud.google.com/binary-authorization/docs/run/overview,
 * read 2026-11-22). Virtual machines do not use Binary Authorization, so instance groups are not
 * checked.
 */
@checked
export class ImagePolicy extends Construct implements IImagePolicy {
  /** The project's policy, if something else manages it. */
  public static ofProject(): IImagePolicy {
    return new ExistingImagePolicy();
  }

  public readonly resource: BinaryAuthorizationPolicy;
  public readonly dependables: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: ImagePolicyProps) {
    super(scope, id);
    useProvider(this, props.provider);
    this.check(props);
    const { registries = [], patterns = [], attestors = [] } = props;
    const admitted = [...registries.flatMap(({ urls }) => urls.map((url) => `${url}/**`)), ...patterns];
    this.resource = new BinaryAuthorizationPolicy(this, "Resource", {
      // Admits Google's own images on the project's clusters; the default of a new project.
      globalPolicyEvaluationMode: "ENABLE",
      admissionWhitelistPatterns: admitted.map((namePattern) => ({ namePattern })),
      defaultAdmissionRule: {
        enforcementMode: props.enforcement ?? ImageEnforcement.BLOCK,
        evaluationMode: attestors.length > 0 ? "REQUIRE_ATTESTATION" : "ALWAYS_DENY",
        requireAttestationsBy: attestors.length > 0 ? attestors.map(({ attestorName }) => attestorName) : undefined,
      },
      dependsOn: ProjectServices.of(this).require("binaryauthorization.googleapis.com"),
    });
    this.dependables = [this.resource];
  }

  private check({ registries = [], patterns = [], attestors = [] }: ImagePolicyProps): void {
    const other = TerraformStack.of(this)
      .node.findAll()
      .find((each) => each instanceof ImagePolicy && each !== this && !isOtherProject(each, this));
    if (other) {
      throw new ValidationError(this, {
        what: "ImagePolicy",
        got: `a second one beside ${other.node.path}`,
        allowed: "one for each project",
        fix: "put the registries of both into one",
      });
    }
    if (registries.length + patterns.length + attestors.length === 0) {
      throw new ValidationError(this, {
        what: "registries",
        got: [],
        allowed: "at least one registry, pattern or attestor",
        fix: "name the registry that the services pull from: an empty policy admits no image at all",
      });
    }
    for (const pattern of patterns) checkAllowed(this, "patterns", pattern, admittedImages);
    checkUnique(this, "patterns", patterns, "name each pattern once");
    checkUnique(
      this,
      "attestors",
      attestors.map(({ attestorName }) => attestorName),
      "name each attestor once",
    );
  }
}

class ExistingImagePolicy implements IImagePolicy {
  public readonly dependables: ITerraformDependable[] = [];
}
