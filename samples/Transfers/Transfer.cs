namespace Transfers;

public sealed record Transfer(int Amount);
