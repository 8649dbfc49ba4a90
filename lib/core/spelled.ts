import { DefaultTokenResolver, StringConcat, Token, Tokenization } from "cdktf";
import type { IConstruct } from "constructs";

/**
 * A value with its references as Terraform spells them: each read of an attribute creates another
 * token, numbered in construction order.
 */
export function spelled(scope: IConstruct, value: unknown): unknown {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(value, { scope, resolver, preparing: true });
}

/**
 * A value as part of a construct ID, which can contain neither tokens nor slashes: references as
 * Terraform spells them, so that equal ones make equal IDs.
 */
export function idPart(scope: IConstruct, value: string): string {
  const literal = Token.isUnresolved(value) ? String(spelled(scope, value)).replaceAll(/[${}]/g, "") : value;
  return literal.replaceAll("/", "|");
}
