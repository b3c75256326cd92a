import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { IsKenyanMobile, IsShillings } from 'nestjs-kopokopo';

export class PayOrderDto {
  @IsKenyanMobile()
  phone!: string;

  @IsShillings({ min: 1, max: 250_000 })
  amount!: number;
}

export class PayOutDto {
  @IsKenyanMobile()
  phone!: string;

  @IsShillings({ min: 10, max: 250_000 })
  amount!: number;

  /** What the supplier reads. */
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  description!: string;
}
