import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { BlockDto } from './block.dto.js';
import type { BlockView } from './block-view.js';
import { type Block, Blocks } from './blocks.js';
import { CurrentOwner, OwnerGuard } from './owner.guard.js';
import { People } from './people.js';

/** The owner's API of the people whom they never share with. */
@ApiTags('Owner')
@Controller('/api/blocks')
@UseGuards(OwnerGuard)
export class BlocksController {
  constructor(
    private readonly blocks: Blocks,
    private readonly people: People,
  ) {}

  /** Blocks a person; their tokens of the owner's resources end. */
  @Post()
  @HttpCode(201)
  @Header('cache-control', 'private, no-store')
  async add(@CurrentOwner() ownerId: string, @Body() { person }: BlockDto): Promise<BlockView> {
    return this.viewOf(await this.blocks.add(ownerId, await this.people.find(person)));
  }

  /** All people whom the owner never shares with. */
  @Get()
  @Header('cache-control', 'private, no-store')
  async list(@CurrentOwner() ownerId: string): Promise<BlockView[]> {
    const blocks = await this.blocks.list(ownerId);
    return Promise.all(blocks.map((block) => this.viewOf(block)));
  }

  /** Lifts a block: the owner's shares with the person count again. */
  @Delete(':id')
  @HttpCode(204)
  @Header('cache-control', 'private, no-store')
  async lift(@CurrentOwner() ownerId: string, @Param('id') id: string): Promise<void> {
    await this.blocks.lift(ownerId, id);
  }

  private async viewOf({ id, person, createdMs }: Block): Promise<BlockView> {
    const name = await this.people.nameOf(person);
    return { id, person: { ...person, name }, createdAt: new Date(createdMs).toISOString() };
  }
}
