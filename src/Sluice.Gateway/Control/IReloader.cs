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

    /// <summary>Puts the gateway's own files in force as they are now, with the commands behind them that it was given since.</summary>
    /// <exception cref="Sluice.Links.LinkException">A link can't be opened; the configuration before stays in force.</exception>
    ReloadView Reread(ConfigTexts files, string origin);

    /// <summary>Says what a configuration would change, and changes nothing.</summary>
    ReloadView Diff(ConfigTexts texts);
}
