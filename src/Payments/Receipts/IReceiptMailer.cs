namespace Payments.Receipts;

/// <summary>Sends receipts. A receipt that was sent before is not sent again where the mail system can tell by its message id.</summary>
internal interface IReceiptMailer
{
    Task SendAsync(Receipt receipt, CancellationToken cancellationToken);
}
