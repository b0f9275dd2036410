import { defineConfig } from "vitest/config";

// Days are those of the device's clock: here the company's.
export default defineConfig({ test: { include: ["test/*.test.ts"], env: { TZ: "America/Bogota" } } });
