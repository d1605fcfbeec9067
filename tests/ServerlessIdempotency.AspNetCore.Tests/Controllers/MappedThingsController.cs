using Microsoft.AspNetCore.Mvc;

namespace ServerlessIdempotency.AspNetCore.Tests.Controllers;

[Route("mapped/things")]
public sealed class MappedThingsController : ThingsControllerBase
{
    [HttpPost("{id}")]
    [ApiKey]
    public IActionResult Post(string id) => Content($"{id} run {CountRun()}");
}
