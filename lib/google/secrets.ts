import type { ResourceType } from "./resource-type";

export const secretsTypes: readonly ResourceType[] = [];
