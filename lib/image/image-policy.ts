import { BinaryAuthorizationPolicy } from "@cdktf/provider-google/lib/binary-authorization-policy";
import { type ITerraformDependable, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { checkAllowed, checkUnique } from "../core/checks";
import { ValidationError } from "../core/errors";
import { admittedImages } from "../google/registry";
import { ProjectServices } from "../project/project-services";
import type { IImageAttestor } from "./image-attestor";
import type { IImageRegistry } from "./image-registry";

/** Which images Cloud Run may deploy. */
export interface IImagePolicy {
  /** What has to be there before a service is checked against it. */
  readonly dependables: ITerraformDependable[];
}

/** What happens to an image that the policy does not admit. */
export enum ImageEnforcement {
  /** The revision is not created: the deploy fails, and the revisions before it serve on. */
  BLOCK = "ENFORCED_BLOCK_AND_AUDIT_LOG",
  /** It is deployed, and the audit log says that it would have been refused. */
  DRY_RUN = "DRYRUN_AUDIT_LOG_ONLY",
}

export interface ImagePolicyProps {
  /** Registries whose images are admitted, from every copy. @default none */
  readonly registries?: IImageRegistry[];
  /**
   * Further images that are admitted: `us-docker.pkg.dev/cloudrun/container/**`. A `*` stands at
   * the end only and matches within one directory, `**` in those below it too. @default none
   */
  readonly patterns?: string[];
  /**
   * All of these must have signed the digest of any other image. @default none: no other image is
   * admitted
   */
  readonly attestors?: IImageAttestor[];
  /** @default ImageEnforcement.BLOCK */
  readonly enforcement?: ImageEnforcement;
}

/**
 * The project's Binary Authorization policy: which images may be deployed by the services that name
 * it in `imagePolicy`.
 *
 * There is one policy in a project. It also holds for the project's other Cloud Run services and
 * GKE clusters that use Binary Authorization, and writing it replaces what was there; removing this
 * construct sets it back to admitting everything (provider 6.50.0,
 * resource_binary_authorization_policy.go). Cloud Run checks an image when a revision is deployed:
 * revisions that run already are not touched
 * (docs.cloud.google.com/binary-authorization/docs/run/overview, read 2026-11-22). Virtual machines
 * know no Binary Authorization: what an instance group runs is not checked.
 */
export class ImagePolicy extends Construct implements IImagePolicy {
  /** The project's policy where something else manages it. */
  public static ofProject(): IImagePolicy {
    return new ExistingImagePolicy();
  }

  public readonly resource: BinaryAuthorizationPolicy;
  public readonly dependables: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: ImagePolicyProps) {
    super(scope, id);
    this.check(props);
    const { registries = [], patterns = [], attestors = [] } = props;
    const admitted = [...registries.flatMap(({ urls }) => urls.map((url) => `${url}/**`)), ...patterns];
    this.resource = new BinaryAuthorizationPolicy(this, "Resource", {
      // What Google's own images on clusters of the project need, and what a new project has.
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
      .find((each) => each instanceof ImagePolicy && each !== this);
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
