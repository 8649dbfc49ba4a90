import type { ResourceType } from "./resource-type";

export const iamTypes: readonly ResourceType[] = [];
