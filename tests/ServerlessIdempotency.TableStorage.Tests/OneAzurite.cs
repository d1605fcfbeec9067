namespace ServerlessIdempotency.TableStorage.Tests;

[CollectionDefinition(Name)]
public sealed class OneAzurite : ICollectionFixture<AzuriteFixture>
{
    public const string Name = "Azurite";
}
