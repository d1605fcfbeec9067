namespace ServerlessIdempotency.AspNetCore.Tests.Hosting;

/// <summary>Tests that look at what the whole process shares, such as its temporary files: nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
