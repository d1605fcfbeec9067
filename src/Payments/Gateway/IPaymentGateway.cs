namespace Payments.Gateway;

/// <summary>
/// A payment gateway: a remote party whose effects no commit of ours can take back. Every call names its effect by a key that is the same
/// on every attempt, and means "make it so, if it is not so already" (law 6).
/// </summary>
/// <remarks>Where a call's outcome can't be known, it throws <see cref="GatewayUnavailableException"/>: the same call may be made again.</remarks>
internal interface IPaymentGateway
{
    /// <summary>Charges or reserves, if no charge was made under the request's key yet; else answers with that charge.</summary>
    /// <exception cref="GatewayUnavailableException">The charge may have been made or not.</exception>
    Task<ChargeOutcome> ChargeAsync(ChargeRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Sees to it that no charge is made under the request's key from now on, also by a call that is on its way already: what undoes a charge whose outcome nobody
    /// knows. To look for the charge and to find none is not enough, since it may arrive a moment later.
    /// </summary>
    /// <param name="request">The charge, just as it was or would have been asked for.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="GatewayUnavailableException">The charge may be made or not: call again.</exception>
    Task<PreventOutcome> PreventAsync(ChargeRequest request, CancellationToken cancellationToken);

    /// <summary>Looks a charge up by the key that it was made under.</summary>
    /// <returns>The charge, or null where there is none. <see cref="GatewayChargeStatus.Pending"/> means that the gateway itself can't tell yet.</returns>
    /// <exception cref="GatewayUnavailableException">The gateway could not be asked.</exception>
    Task<GatewayCharge?> FindAsync(string accountId, string key, CancellationToken cancellationToken);

    /// <summary>Takes the money of a charge that only reserved it. Done already is done.</summary>
    /// <exception cref="GatewayUnavailableException">The capture may have happened or not.</exception>
    Task<TransitionOutcome> CaptureAsync(string reference, string key, CancellationToken cancellationToken);

    /// <summary>Gives the whole of a captured charge back. Done already is done; one that came to nothing is made anew.</summary>
    /// <exception cref="GatewayUnavailableException">The refund may have happened or not.</exception>
    Task<TransitionOutcome> RefundAsync(string reference, string key, CancellationToken cancellationToken);

    /// <summary>Looks where a refund stands that was taken before, and makes none: done, pending, or refused where it came to nothing.</summary>
    /// <exception cref="GatewayUnavailableException">The gateway could not be asked.</exception>
    Task<TransitionOutcome> FindRefundAsync(string reference, CancellationToken cancellationToken);

    /// <summary>Lets go of a reservation that was not captured. Done already is done.</summary>
    /// <exception cref="GatewayUnavailableException">The release may have happened or not.</exception>
    Task<TransitionOutcome> VoidAsync(string reference, string key, CancellationToken cancellationToken);
}
