import { IsOptional, IsString, Length } from 'class-validator';

export class IntrospectTokenDto {
  @IsOptional()
  @IsString()
  @Length(1, 8_192)
  token?: string;
}
