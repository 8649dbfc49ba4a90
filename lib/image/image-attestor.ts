import { BinaryAuthorizationAttestor } from "@cdktf/provider-google/lib/binary-authorization-attestor";
import { BinaryAuthorizationAttestorIamMember } from "@cdktf/provider-google/lib/binary-authorization-attestor-iam-member";
import { ContainerAnalysisNote } from "@cdktf/provider-google/lib/container-analysis-note";
import { ContainerAnalysisNoteIamMember } from "@cdktf/provider-google/lib/container-analysis-note-iam-member";
import { DataGoogleKmsCryptoKeyVersion } from "@cdktf/provider-google/lib/data-google-kms-crypto-key-version";
import { KmsCryptoKeyIamMember } from "@cdktf/provider-google/lib/kms-crypto-key-iam-member";
import { ProjectIamMember } from "@cdktf/provider-google/lib/project-iam-member";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { checked } from "../core/checked";
import { checkUnique } from "../core/checks";
import { isSameStack } from "../core/dependables";
import { ValidationError } from "../core/errors";
import { COMPUTE_NAME, generatedName } from "../core/naming";
import { keyApis } from "../project/encryption-key";
import type { IGrantee } from "../project/grantee";
import { Grants } from "../project/grants";
import { ProjectServices } from "../project/project-services";
import { type ProviderOptions, useProvider } from "../project/provider";

/** A signer that an `ImagePolicy` can require. */
export interface IImageAttestor {
  /** `projects/PROJECT/attestors/NAME`. */
  readonly attestorName: string;
}

export interface ImageAttestorProps extends ProviderOptions {
  /**
   * Cloud KMS key versions that sign:
   * `projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/1`, of keys for
   * ASYMMETRIC_SIGN. A signature by any of them counts. To rotate keys, add the new version, sign
   * the images in use with it, then remove the old one.
   */
  readonly keyVersions: string[];
  /** Shown in the console. @default none */
  readonly description?: string;
}

const KEY_VERSION =
  /^(projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+)\/cryptoKeyVersions\/([1-9][0-9]*)$/;
const ATTESTOR = /^projects\/[a-z0-9:.-]+\/attestors\/[A-Za-z0-9_-]+$/;

/**
 * A Binary Authorization attestor. Images are admitted once their digest is signed with one of its
 * keys, for example by the build after its tests:
 *
 *     gcloud container binauthz attestations sign-and-create \
 *       --artifact-url=IMAGE@DIGEST --attestor=NAME --keyversion=KEY_VERSION
 *
 * Attestations refer to its name, which is its identity; everything else changes in place.
 */
@checked
export class ImageAttestor extends Construct implements IImageAttestor {
  /** An existing attestor, such as `projects/PROJECT/attestors/built-by-cloud-build`. */
  public static fromName(attestorName: string): IImageAttestor {
    if (!ATTESTOR.test(attestorName)) {
      throw new ValidationError("ImageAttestor.fromName", {
        what: "attestorName",
        got: attestorName,
        allowed: "projects/PROJECT/attestors/NAME",
        fix: "pass its full name, as a literal",
      });
    }
    return new ExistingImageAttestor(attestorName);
  }

  public readonly resource: BinaryAuthorizationAttestor;
  public readonly note: ContainerAnalysisNote;
  public readonly attestorName: string;
  private readonly keys: readonly string[];

  public constructor(scope: Construct, id: string, props: ImageAttestorProps) {
    super(scope, id);
    useProvider(this, props.provider);
    const versions = this.check(props.keyVersions);
    this.keys = [...new Set(versions.map(({ key }) => key))];
    const name = generatedName(this, COMPUTE_NAME);
    const apis = [
      ...ProjectServices.of(this).require("binaryauthorization.googleapis.com"),
      ...ProjectServices.of(this).require("containeranalysis.googleapis.com"),
    ];
    this.note = new ContainerAnalysisNote(this, "Note", {
      name,
      attestationAuthority: { hint: { humanReadableName: props.description ?? this.node.path } },
      dependsOn: apis,
    });
    this.resource = new BinaryAuthorizationAttestor(this, "Resource", {
      name,
      description: props.description,
      attestationAuthorityNote: {
        noteReference: this.note.name,
        publicKeys: versions.map(({ key, version }) => this.publicKey(key, version)),
      },
    });
    this.attestorName = `projects/${this.resource.project}/attestors/${this.resource.name}`;
    new ContainerAnalysisNoteIamMember(this, "Reader", {
      note: this.note.name,
      role: "roles/containeranalysis.notes.occurrences.viewer",
      member: `serviceAccount:${this.resource.attestationAuthorityNote.delegationServiceAccountEmail}`,
    });
  }

  /**
   * Lets an account, such as a build's, sign images: use the keys and attach the signature. The
   * bindings are in the account's stack.
   */
  public grantAttest(grantee: IGrantee): ITerraformDependable[] {
    const member = grantee.iamMember;
    const { project } = this.resource;
    const once = <T extends Construct & ITerraformDependable>(
      on: string,
      role: string,
      create: (scope: Construct, id: string) => T,
    ) => Grants.of(this, grantee).once(on, role, grantee.grantKey, create);
    const projectIn = (scope: Construct) => (isSameStack(scope, this) ? undefined : project);
    const [view, attach, write, sign] = [
      "roles/binaryauthorization.attestorsViewer",
      "roles/containeranalysis.notes.attacher",
      "roles/containeranalysis.occurrences.editor",
      "roles/cloudkms.signerVerifier",
    ];
    return [
      once(
        `attestor ${this.node.path}`,
        view,
        (scope, id) =>
          new BinaryAuthorizationAttestorIamMember(scope, id, {
            project: projectIn(scope),
            attestor: this.resource.name,
            role: view,
            member,
          }),
      ),
      once(
        `note ${this.node.path}`,
        attach,
        (scope, id) =>
          new ContainerAnalysisNoteIamMember(scope, id, {
            project: projectIn(scope),
            note: this.note.name,
            role: attach,
            member,
          }),
      ),
      once(
        "project",
        write,
        (scope, id) =>
          new ProjectIamMember(scope, id, {
            project,
            role: write,
            member,
            dependsOn: ProjectServices.of(scope).require("cloudresourcemanager.googleapis.com"),
          }),
      ),
      ...this.keys.map((cryptoKeyId) =>
        once(
          `key ${cryptoKeyId}`,
          sign,
          (scope, id) =>
            new KmsCryptoKeyIamMember(scope, id, { cryptoKeyId, role: sign, member, dependsOn: keyApis(scope) }),
        ),
      ),
    ];
  }

  private publicKey(cryptoKey: string, version: number) {
    const id = `Key ${cryptoKey.replaceAll("/", "|")} ${version}`;
    const data = new DataGoogleKmsCryptoKeyVersion(this, id, {
      cryptoKey,
      version,
      dependsOn: keyApis(this),
      lifecycle: {
        postcondition: [
          {
            condition: "${try(length(self.public_key) > 0, false)}",
            errorMessage: `${cryptoKey} has no public key, so nobody can check a signature: an attestor needs a key for asymmetric signing. Create one with --purpose=asymmetric-signing, and name a version of it in keyVersions.`,
          },
        ],
      },
    });
    return {
      // The key ID that `gcloud` and Cloud Build write into a Cloud KMS signature.
      id: `//cloudkms.googleapis.com/v1/${cryptoKey}/cryptoKeyVersions/${version}`,
      pkixPublicKey: {
        publicKeyPem: data.publicKey.get(0).pem,
        signatureAlgorithm: data.publicKey.get(0).algorithm,
      },
    };
  }

  private check(keyVersions: readonly string[]): { key: string; version: number }[] {
    checkUnique(this, "keyVersions", keyVersions, "name each key version once");
    return (keyVersions.length > 0 ? keyVersions : [undefined]).map((each) => {
      const [, key, version] = KEY_VERSION.exec(each ?? "") ?? [];
      if (key !== undefined) return { key, version: Number(version) };
      throw new ValidationError(this, {
        what: "keyVersions",
        got: each,
        allowed: "at least one projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N, as a literal",
        fix: "pass the full name of a version of a key for ASYMMETRIC_SIGN",
      });
    });
  }
}

class ExistingImageAttestor implements IImageAttestor {
  public constructor(public readonly attestorName: string) {}
}
