import type { ResourceType } from "./resource-type";

export const cloudRunTypes: readonly ResourceType[] = [];
