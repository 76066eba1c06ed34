using Sluice.Config;
using Sluice.Gateway.Views;

namespace Sluice.Gateway.Control;

/// <summary>Takes a new configuration for a running gateway. Called from any thread.</summary>
public interface IReloader
{
    /// <summary>Puts a configuration in force, whole; a wrong one changes nothing.</summary>
    /// <param name="texts">Its files.</param>
    /// <param name="origin">Where it comes from, for the log: "its files", "the control socket".</param>
    /// <param name="withChanges">Whether the answer is to say what it asks for otherwise; sessions are counted in any case.</param>
    /// <exception cref="Sluice.Links.LinkException">A link can't be opened; the configuration before stays in force.</exception>
    ReloadView Apply(ConfigTexts texts, string origin, bool withChanges = true);

    /// <summary>Says what a configuration would change, and changes nothing.</summary>
    ReloadView Diff(ConfigTexts texts);
}
