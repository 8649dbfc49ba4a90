import type { ITerraformDependable } from "cdktf";
import { Token } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { checked } from "../core/checked";
import { ValidationError } from "../core/errors";
import type { IGrantee } from "../project/grantee";
import { BuiltImage, type BuiltImageProps } from "./built-image";
import type { IImageRegistry } from "./image-registry";

/** A container image that Cloud Run and machines can pull. */
export interface IImage {
  /** `HOST/PATH@sha256:DIGEST` or `HOST/PATH:TAG`. */
  readonly reference: string;
  /** The registry of this app that it is pulled from. @default none: an image by reference */
  readonly registry?: IImageRegistry;
  /** The same image, from the copy nearest to the region. */
  referenceIn(region: string): string;
  /** What must exist before the image can be pulled. */
  readonly dependables: ITerraformDependable[];
  /**
   * Lets an account pull it, if the registry is part of this app. Machines pull as their own
   * account; Cloud Run as its service agent, which needs no grant in its own project. Empty for an
   * image by reference: grant at its registry.
   *
   * @param asker A construct of the stack that needs the grant, and gets the binding if the registry
   * is in another; the grantee unless given
   */
  grantPull(grantee: IGrantee, asker?: IConstruct): ITerraformDependable[];
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const COMPONENT = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const REFERENCE = new RegExp(
  `^(?:[a-z0-9.-]+(?::[0-9]+)?/)?${COMPONENT}(?:/${COMPONENT})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);

/**
 * Where a container image comes from.
 *
 * Cloud Run pulls from Artifact Registry and, public images only, from Docker Hub (`docker.io/…`).
 * Other registries need an Artifact Registry remote repository in front
 * (docs.cloud.google.com/run/docs/deploying, read 2026-11-22; one version of that page also allows
 * public images of ghcr.io, others do not).
 */
@checked
export class ContainerImage {
  /**
   * An existing image.
   *
   * @param reference Use a digest (`…@sha256:…`) in production: a tag can move without Terraform
   * noticing. A token passes unchecked.
   * @throws ValidationError when it is not an image reference.
   */
  public static fromReference(reference: string): IImage {
    if (!Token.isUnresolved(reference) && !REFERENCE.test(reference)) {
      throw new ValidationError("ContainerImage.fromReference", {
        what: "reference",
        got: reference,
        allowed: "HOST/PATH:TAG or HOST/PATH@sha256:DIGEST (64 hexadecimal digits), path in lower case",
        fix: "copy it from the registry, without https://",
      });
    }
    return new PlainImage(() => reference);
  }

  /**
   * An image in a registry of this app.
   *
   * @param name Path within the repository: `inference` or `team/inference`.
   * @param digestOrTag `sha256:…`, or a tag. A token is treated as a digest.
   */
  public static fromRegistry(registry: IImageRegistry, name: string, digestOrTag: string): IImage {
    if (!Token.isUnresolved(name) && !new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`).test(name)) {
      throw new ValidationError(registry, {
        what: "image name",
        got: name,
        allowed: "lower-case letters, digits and separators ( . _ - / )",
        fix: 'name the image without host and tag, for example "inference"',
      });
    }
    if (!Token.isUnresolved(digestOrTag) && !DIGEST.test(digestOrTag) && !TAG.test(digestOrTag)) {
      throw new ValidationError(registry, {
        what: "digestOrTag",
        got: digestOrTag,
        allowed: "sha256: and 64 hexadecimal digits, or a tag of 1 to 128 letters, digits, _ . -",
        fix: "pass the digest that `docker push` printed",
      });
    }
    const separator = Token.isUnresolved(digestOrTag) || digestOrTag.startsWith("sha256:") ? "@" : ":";
    const path = `${registry.pathOf(name)}${separator}${digestOrTag}`;
    return new PlainImage(
      (region) => `${region === undefined ? registry.url : registry.urlIn(region)}/${path}`,
      registry,
    );
  }

  /**
   * An image that the stack builds with Docker from a folder of this checkout and pushes; used by
   * digest.
   *
   * Every plan, apply and destroy of the stack then needs a Docker engine, see `DockerEngine`.
   * Stacks that only use references need none.
   */
  public static fromSource(scope: Construct, id: string, props: BuiltImageProps): BuiltImage {
    return new BuiltImage(scope, id, props);
  }

  private constructor() {}
}

class PlainImage implements IImage {
  public readonly reference: string;

  public constructor(
    private readonly referenceFor: (region?: string) => string,
    public readonly registry?: IImageRegistry,
  ) {
    this.reference = referenceFor();
  }

  public get dependables(): ITerraformDependable[] {
    return this.registry?.dependables ?? [];
  }

  public referenceIn(region: string): string {
    return this.referenceFor(region);
  }

  public grantPull(grantee: IGrantee, asker?: IConstruct): ITerraformDependable[] {
    return this.registry?.grantPull(grantee, asker) ?? [];
  }
}
