import { TerraformOutput, Token } from "cdktf";
import { AnycastAddress, type AnycastAddressProps, IpVersion, RemovalPolicy } from "../../lib";
import { attributes, dependsOn, only, synth, testStack } from "../support";

function address(options: Partial<AnycastAddressProps> = {}) {
  const stack = testStack();
  new AnycastAddress(stack, "Address", { ipVersion: IpVersion.IPV4, ...options });
  return only(synth(stack), "google_compute_global_address");
}

test.each([IpVersion.IPV4, IpVersion.IPV6])("reserves an external %s address, protected", (ipVersion) => {
  const resource = address({ ipVersion });
  expect(attributes(resource)).toEqual({
    name: expect.stringMatching(/^test-address-[a-z0-9]{6}$/),
    address_type: "EXTERNAL",
    ip_version: ipVersion,
  });
  expect(resource.values.lifecycle).toEqual({ prevent_destroy: true });
});

test("is never created before its predecessor is destroyed, and only once its API is enabled", () => {
  const resource = address({ removalPolicy: RemovalPolicy.DESTROY });
  expect(resource.values.lifecycle).not.toHaveProperty("create_before_destroy");
  expect(dependsOn(resource)).toEqual([expect.stringMatching(/^google_project_service\.ProjectServices_compute_/)]);
});

test("keeps its name whatever else changes", () => {
  const { name } = address().values;
  expect(address({ ipVersion: IpVersion.IPV6, removalPolicy: RemovalPolicy.DESTROY }).values.name).toBe(name);
});

test("may be destroyed with RemovalPolicy.DESTROY", () => {
  expect(address({ removalPolicy: RemovalPolicy.PROTECT }).values.lifecycle).toEqual({ prevent_destroy: true });
  expect(address({ removalPolicy: RemovalPolicy.DESTROY }).values.lifecycle).toEqual({ prevent_destroy: false });
});

test("takes a name of the user's", () => {
  expect(address({ name: "chat-v4" }).values.name).toBe("chat-v4");
});

test("is known by the address that Google reserves", () => {
  const stack = testStack();
  const { address, ipVersion } = new AnycastAddress(stack, "Address", { ipVersion: IpVersion.IPV6 });
  new TerraformOutput(stack, "Out", { value: address });
  const document = synth(stack);
  const resource = only(document, "google_compute_global_address");
  expect(document.outputs.Out).toEqual({ value: `\${${resource.address}.address}` });
  expect(ipVersion).toBe(IpVersion.IPV6);
});

test.each([
  ["203.0.113.7", IpVersion.IPV4],
  ["2001:db8::7", IpVersion.IPV6],
  [Token.asString({ ref: "late" }), IpVersion.IPV6],
])("passes on %s, reserved elsewhere", (given, ipVersion) => {
  expect(AnycastAddress.fromAddress(given, ipVersion)).toEqual({ address: given, ipVersion });
});

test.each([
  ["2001:db8::7", IpVersion.IPV4],
  ["203.0.113.7", IpVersion.IPV6],
  ["203.0.113.7/32", IpVersion.IPV4],
  ["203.0.113.256", IpVersion.IPV4],
  ["my-address", IpVersion.IPV4],
  ["", IpVersion.IPV6],
])("fails for %j as an %s address", (given, ipVersion) => {
  expect(() => AnycastAddress.fromAddress(given, ipVersion)).toThrow(
    `[AnycastAddress.fromAddress] address: got "${given}", allowed is an ${ipVersion} address; ` +
      "pass the address itself, without prefix length, or a reference to a google_compute_global_address's address",
  );
});

test("fails for a malformed name", () => {
  expect(() => address({ name: "Chat_V4" })).toThrow(
    '[test/Address] name: got "Chat_V4", allowed is 1 to 63 lower-case letters, digits and hyphens, starting with a letter, ' +
      "not ending in a hyphen; shorten or respell it, or leave it out to have one generated",
  );
});
