using Azure.Core;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage;

/// <summary>A credential whose failure is the store's: without a token nothing was sent, and it may come later. Credentials throw exceptions of packages that are not known here.</summary>
internal sealed class AwaitedCredential(TokenCredential credential) : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        try
        {
            return credential.GetToken(requestContext, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(exception);
        }
    }

    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        try
        {
            return await credential.GetTokenAsync(requestContext, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(exception);
        }
    }

    private static StoreUnavailableException Unavailable(Exception exception) =>
        new($"There is no token for Table Storage: {exception.Message} Nothing was sent. Check the identity that TableStorage:Credential stands for, if it does not pass by itself.", exception);
}
