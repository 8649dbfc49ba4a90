import { TerraformOutput, TerraformVariable } from "cdktf";
import fc from "fast-check";
import { cloudConfig } from "../../../lib/region/machine/cloud-config";
import { testStack } from "../../support";

function content(value: string): string {
  return cloudConfig([{ path: "/x", permissions: "0600", content: value }], [["true"]]);
}

test("any text comes back as it was, without anything that Terraform or YAML would take for more than text", () => {
  const hard = fc.constantFrom(
    "$",
    "{",
    "%",
    '"',
    "\\",
    "\n",
    "\u0085",
    "\u2028",
    "\u007f",
    "\ufeff",
    "u0024",
    "'",
    "#",
    ": ",
    "🎉",
  );
  const text = fc
    .array(fc.oneof(hard, fc.string({ unit: "binary" })), { maxLength: 12 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, (value) => {
      const data = content(value);
      expect(data).toMatch(/^#cloud-config\n[^\n]*\n$/);
      expect(data).not.toMatch(/[$%]\{|[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/);
      expect(JSON.parse(data.slice("#cloud-config\n".length))).toEqual({
        write_files: [{ path: "/x", permissions: "0600", content: value, owner: "root:root" }],
        runcmd: [["true"]],
      });
    }),
  );
});

test("Terraform encodes a reference when its value is known, whatever stands around it", () => {
  const stack = testStack();
  const name = new TerraformVariable(stack, "name", { type: "string" }).stringValue;
  new TerraformOutput(stack, "Data", { value: content(`"$${name}%${name}`) });
  const reference = '${trimsuffix(trimprefix(jsonencode(var.name), "\\""), "\\"")}';
  expect(stack.toTerraform().output.Data.value).toBe(
    `#cloud-config\n{"write_files":[{"path":"/x","permissions":"0600","content":"\\"\\u0024${reference}\\u0025${reference}","owner":"root:root"}],"runcmd":[["true"]]}\n`,
  );
});
