import type { CanActivate, Type } from '@nestjs/common';
import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

type Guard = Type<CanActivate>;

/** The guards that stand before each handler of an application, by the id that the description gives its operation. */
export function guardsOfOperations(app: NestFastifyApplication): ReadonlyMap<string, readonly Guard[]> {
  const modules = [...app.get(ModulesContainer).values()];
  const controllers = modules.flatMap((module) => [...module.controllers.values()]);
  return new Map(
    controllers.flatMap(({ metatype }) => {
      const { name, prototype } = metatype as { name: string; prototype: Record<string, object> };
      return new MetadataScanner()
        .getAllMethodNames(prototype)
        .map((method) => [`${name}_${method}`, [...guardsAt(metatype), ...guardsAt(prototype[method])]] as const);
    }),
  );
}

function guardsAt(place: object | null | undefined): readonly Guard[] {
  return place == null ? [] : ((Reflect.getMetadata(GUARDS_METADATA, place) as Guard[] | undefined) ?? []);
}
