import { IsInt, Matches, Max, Min } from 'class-validator';

export class RequestPaymentDto {
  /** Your own reference: it comes back in the callback. */
  @Matches(/^[\w-]{1,64}$/)
  order!: string;

  /** Kenyan mobile number in full. */
  @Matches(/^\+254[17]\d{8}$/)
  phoneNumber!: string;

  /** Whole shillings. */
  @IsInt()
  @Min(1)
  @Max(250_000)
  amount!: number;
}
