import { Module } from '@nestjs/common';

/** Holds the options of one instance, so that its HttpModule can have them too. @internal */
@Module({})
export class KopoKopoOptionsModule {}
