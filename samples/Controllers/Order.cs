using System.ComponentModel.DataAnnotations;

namespace Controllers;

public sealed record Order([Required] string Sku, [Range(1, 100)] int Quantity);
