import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "selfsigned";

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

const DAYS = 30;

/** A certificate for these names, wildcards included, which clients trust by its file. */
export async function writeCertificate(folder: string, names: readonly string[]): Promise<CertificateFiles> {
  const [first = "localhost"] = names;
  const { cert, private: key } = await generate([{ name: "commonName", value: first.slice(0, 64) }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + DAYS * 86_400_000),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", digitalSignature: true, keyCertSign: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          ...[...new Set([...names, "localhost"])].map((value) => ({ type: 2 as const, value })),
          { type: 7 as const, ip: "127.0.0.1" },
        ],
      },
    ],
  });
  const files = { certificateFile: join(folder, "certificate.pem"), keyFile: join(folder, "key.pem") };
  writeFileSync(files.certificateFile, cert);
  writeFileSync(files.keyFile, key, { mode: 0o600 });
  return files;
}
